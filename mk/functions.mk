# SPDX-License-Identifier: MIT
#
# Functions that the roles share.

empty :=
space := $(empty) $(empty)
comma := ,
hash  := \#

define newline


endef

# $(call same,A,B): "y" if two strings are equal
same = $(if $(and $(findstring <$(strip $1)>,<$(strip $2)>), \
         $(findstring <$(strip $2)>,<$(strip $1)>)),y)

# $(call uniq,words): each word once, first occurrence kept
uniq = $(if $1,$(firstword $1) $(call uniq,$(filter-out $(firstword $1),$1)))

# $(call make_quote,text): text as it must stand in a makefile to mean itself
make_quote = $(subst $(hash),\$(hash),$(subst $$,$$$$,$1))

# $(call pick,VAR,T): the value of VAR for target (or source file) T: VAR, VAR_<arch>,
# VAR_<system>, VAR_T, VAR_T_<system>, each also with -y appended.
pick = $(strip $(foreach v,$1 $1_$(ARCH) $1_$(SYSTEM) $1_$2 $1_$2_$(SYSTEM),$($(v)) $($(v)-y)))

# $(call write_if_changed,file,content): keeps the time stamp of a file that stays as it is.
# To be called while makefiles are read.
write_if_changed = $(if $(call same,$(if $(wildcard $1),$(file <$1)),$2),,$(file >$1,$2))

# Rebuilding when a command changes: the command of each output is kept beside it in OUTPUT.cmd.
# $(call if_changed,OUTPUT,COMMAND) is a prerequisite: FORCE when the command is a new one.
#
# Make expands a recipe before it runs its first line. So the new text is written to a file of
# another name (note_cmd), and gets its name after the command has succeeded (keep_cmd). Meanwhile the
# file is empty: a build that was killed leaves an output that may be incomplete, and no command.
if_changed  = $(if $(call same,$2,$(SAVED_$1)),,FORCE)
note_cmd    = $(file >$1.cmd.new,SAVED_$1 := $(call make_quote,$(strip $2)))$(file >$1.cmd)
keep_cmd    = mv -f $1.cmd.new $1.cmd

# --- packages and their pc files ----------------------------------------------------------------
# Every pc file NAME.pc has a twin mk/NAME.mk that make can read; both are written by write_pc.

# $(call pc_walk,TAG,NAMES): collects in PC_LIST_TAG all NAMES and what they require, each once,
# a library before the ones that it requires.
pc_walk = $(foreach n,$(call pc_expand,$2),$(if $(PC_SEEN_$1_$n),, \
            $(eval PC_SEEN_$1_$n := y)$(call pc_load,$n) \
            $(eval PC_LIST_$1 += $n)$(call pc_walk,$1,$(PC_REQUIRES_$n))))

# Alias names (stdlibs) stand for lists of names.
pc_expand = $(foreach n,$1,$(if $(ALIAS_$n),$(call pc_expand,$(ALIAS_$n)),$n))

pc_load = $(if $(PC_LOADED_$1),,$(eval PC_LOADED_$1 := y) \
            $(if $(wildcard $(PC_DIR)/mk/$1.mk),,$(call pc_missing,$1)) \
            $(eval include $(PC_DIR)/mk/$1.mk))

# Names that the package may use: those that its Control file reaches. A package that is not in
# the recorded data (outside of the tree, just added) is not checked.
pc_check_reach = $(if $(PKG_REACH_$(PKG)),$(foreach n,$(call pc_expand,$1), \
                   $(if $(filter $n,$(pkg_may_use)),,$(call pc_missing,$n))))
pkg_may_use    = $(PKG_REACH_$(PKG)) $(if $(TEST_T_DIR),$(PKG_TEST_REACH_$(PKG)))

# The message is made by a program that knows all packages: it names the package to build, the
# line to add to the Control file, or similar names.
pc_missing = $(error $(shell $(PYTHON) -B $(L4DIR)/mk/tools/packages.py --tree $(L4DIR) \
               explain --package $(PKG) --file $(SRC_REL)/Makefile --built '$(PC_DIR)' \
               $(if $(TEST_T_DIR),--key test-requires) $1))

# $(call pc_var,TAG,VAR): first value of a pc file's variable, e.g. crt0
pc_var = $(firstword $(foreach n,$(PC_LIST_$1),$(PC_VAR_$2_$n)))

# $(call or_explain,compile or link,PC NAMES,COMMAND): the end of a command: if it failed, it is said what
# to do; COMMAND is the step that shall be looked at. (V=1 shows commands, which this would bury.)
or_explain = $(if $(Q),|| { $(PYTHON) -B $(L4DIR)/mk/tools/explain_build.py $1 --tree $(L4DIR) \
               --build $(BUILD) --package $(PKG) --file $(SRC_REL)/Makefile --uses '$(strip $2)' \
               --lib-dir $(LIB_DIR) $(if $(TEST_T_DIR),--tests) -- $3; exit 1; })
