# SPDX-License-Identifier: MIT
#
# Writes the pc files of a library or header directory: PC_DIR/NAME.pc for people and foreign
# builds, PC_DIR/mk/NAME.mk with the same content for make. A file that stays as it is is not
# touched.
#
# Variables, each also with the suffix _NAME: PC_LIBS (default: -lX for each libX.a), PC_CFLAGS,
# PC_LINK_LIBS (libraries that belong to the same link group), PC_EXTRA (words NAME=VALUE),
# PC_SO_LIBS (what programs with shared libraries are linked with, where that differs).
# REQUIRES_LIBS become the requirements.

pc_names := $(or $(PC_FILENAMES),$(PC_FILENAME),$(if $(filter lib,$(ROLE)),$(PKG_SHORT)))
pc_of    = $(strip $(or $($1_$2),$($1)))

pc_default_libs = $(call uniq,$(patsubst lib%.a,-l%,$(patsubst lib%.so,-l%,$(filter lib%.a lib%.so,$(targets)))))
pc_libs_line    = $(strip $(if $(filter undefined,$(origin PC_LIBS_$1) $(origin PC_LIBS)), \
                    $(if $(filter-out undefined,$(origin PC_LIBS_$1) $(origin PC_LIBS)), \
                      $(call pc_of,PC_LIBS,$1),$(pc_default_libs)),$(call pc_of,PC_LIBS,$1)) \
                    $(call pc_of,PC_LINK_LIBS,$1))
pc_whole        = $(if $(call pc_of,PC_LIBS_WHOLELIB,$1),--whole-archive $2 --no-whole-archive,$2)
pc_requires     = $(strip $(or $(REQUIRES_LIBS_$1),$(call pick,REQUIRES_LIBS,$1)))

define pc_text
# written by mk/pc.mk for $(SRC_REL)
Name: $1
Description: $1 of package $(PKG)
Version: 0
Requires: $(pc_requires)
Cflags: $(call pc_of,PC_CFLAGS,$1)
Libs: -L$(LIB_DIR) $(pc_libs_line)
$(subst $(space),$(newline),$(call pc_of,PC_EXTRA,$1))
endef

define pc_mk_text
PC_REQUIRES_$1 := $(pc_requires)
PC_CFLAGS_$1 := $(call pc_of,PC_CFLAGS,$1)
PC_LIBS_$1 := $(call pc_whole,$1,$(pc_libs_line))
PC_SO_LIBS_$1 := $(call pc_of,PC_SO_LIBS,$1)
PC_PACKAGE_$1 := $(PKG)
$(foreach w,$(call pc_of,PC_EXTRA,$1),PC_VAR_$(word_name)_$1 := $(word_value)$(newline))
endef
# the two parts of a word NAME=VALUE in $w
word_name  = $(firstword $(subst =, ,$w))
word_value = $(patsubst $(word_name)=%,%,$w)

# (The pc files of std serve all variants: a program looks into its variant's LIB_DIR first.)
ifneq ($(VARIANT),std)
pc_names :=
endif

# Written once the libraries are there, so that nobody links against a half-made package.
build-all: write-pc
.PHONY: write-pc
write-pc: $(foreach t,$(targets),$(LIB_DIR)/$t)
	$(if $(pc_names),$(shell mkdir -p $(PC_DIR)/mk))
	$(foreach n,$(pc_names),$(call write_if_changed,$(PC_DIR)/$n.pc,$(call pc_text,$n)) \
	  $(call write_if_changed,$(PC_DIR)/mk/$n.mk,$(call pc_mk_text,$n)))
	@:
