# SPDX-License-Identifier: MIT
#
# Role: programs. See mk/README.md and docs/build.md for the variables.

include $(L4DIR)/mk/Makeconf

ROLE := prog
MODE ?= static
ifeq ($(filter static shared sigma0 host,$(MODE)),)
  $(error $(SRC_REL)/Makefile: MODE is '$(MODE)'. Programs are built with MODE = static \
          (linked against libc), MODE = shared (with shared libraries), MODE = sigma0 (no libc, own \
          start code) or MODE = host (a program of this machine))
endif
ifeq ($(strip $(TARGET) $(EXTRA_TEST) $(TARGET_$(ARCH)) $(foreach s,$(SYSTEMS),$(TARGET_$s))),)
  $(error $(SRC_REL)/Makefile: TARGET is empty. Say which program to build: TARGET = name)
endif
SYSTEMS ?= $(ARCH)-l4f

ifeq ($(MODE),host)
include $(L4DIR)/mk/host.mk
else ifeq ($(SYSTEM),)
include $(L4DIR)/mk/enter.mk
else
include $(L4DIR)/mk/compile.mk
include $(L4DIR)/mk/link.mk

$(foreach t,$(targets),$(eval ignore := $(call pc_walk,$t,$(call libs_of,$t))))

own_file   = $(if $1,$(if $(filter /%,$1),$1,$(firstword $(wildcard $1 $(SRC_DIR)/$1) $1)))
crt0       = $(or $(call own_file,$(call pick,CRT0,$1)),$(subst :, ,$(call pc_var,$1,crt0)))
crtn       = $(or $(call own_file,$(call pick,CRTN,$1)),$(subst :, ,$(call pc_var,$1,crtn)))
# $(call size_symbol,VAR,SYMBOL,T)
size_symbol = $(if $(call pick,$1,$3),--defsym=$2=$(call pick,$1,$3))
heap_stack = $(call size_symbol,DEFAULT_HEAP_SIZE,__heap_size,$1) \
             $(call size_symbol,DEFAULT_STACK_SIZE,__stack_size,$1)

# What differs between programs with and without shared libraries.
ifeq ($(MODE),shared)
ldscript   = $(or $(call own_file,$(call pick,LDSCRIPT,$1)),$(call pc_var,$1,ldscript_shared))
kind_flags = -dynamic-linker $(call pc_var,$1,interpreter) --hash-style=gnu -z relro \
             -rpath-link $(LIB_DIR) --allow-shlib-undefined
else
ldscript   = $(or $(call own_file,$(call pick,LDSCRIPT,$1)),$(call pc_var,$1,ldscript))
kind_flags = -static -z norelro
$(foreach t,$(targets),$(if $(call pc_var,$t,shared_only),$(error $(SRC_REL)/Makefile: $t requires \
  $(call pc_var,$t,shared_only), which programs with shared libraries have. Add the line \
  'MODE = shared')))
endif

link_flags = -m elf_x86_64 $(kind_flags) -nostdlib --gc-sections --build-id=none --eh-frame-hdr \
             -z noexecstack -z max-page-size=4096 -Ttext-segment=$(link_base) \
             $(if $(ldscript),-T $(ldscript)) $(heap_stack) $(ld_flags) $(lib_paths)
# where the text segment starts; with RELOC_PHYS counted from the begin of RAM (0 on PCs)
reloc      = $(or $(call pick,DEFAULT_RELOC,$1),0x400000)
link_base  = $(if $(filter y,$(RELOC_PHYS)),$(shell printf '0x%x' \
               $$(($(or $(RAM_BASE),0) + $(reloc)))),$(reloc))

-include $(wildcard $(foreach t,$(targets),$t.cmd $t.link.d))

# Where programs are put: INSTALL_TARGET and NOTARGETSTOINSTALL say which, INSTALLFILE how.
install_dir = $(or $(INSTALLDIR_LOCAL),$(INSTALLDIR),$(OWN_BIN_DIR))
link_inputs = --start-group $(pc_libs) $(raw_libs) $(LIBGCC) --end-group $(crtn)

# $(call link_rule,T)
define link_rule
LINK_$1 := $$(strip $(LD) $(call link_flags,$1) $(crt0) $(target_objs) $(pc_libs) $(raw_libs))
RELINK_$1 := $$(strip $(LD) --no-demangle -o /dev/null $(call link_flags,$1) $(crt0) $(target_objs) \
              $(link_inputs))
$1: $(target_objs) $(filter %.o,$(crt0) $(crtn)) $(ldscript) $$(call if_changed,$1,$$(LINK_$1))
	$$(call show,LINK,$(SRC_REL)/$1)
	$$(call note_cmd,$$@,$$(LINK_$1))
	$$(Q)$(LD) -o $$@ $(call link_flags,$1) --dependency-file=$1.link.d $(crt0) $(target_objs) \
	  $(link_inputs) && \
	  $$(call keep_cmd,$$@) $$(call or_explain,link,$(PC_LIST_$1),$$(RELINK_$1))

ifeq ($(filter y $1,$(NOTARGETSTOINSTALL))$(and $(INSTALL_TARGET),$(filter-out $(INSTALL_TARGET),$1)),)
build-all: $(install_dir)/$1
$(install_dir)/$1: $1
	@mkdir -p $$(@D)
	@$(if $(INSTALLFILE),$(INSTALLFILE) $$< $$@,ln -f $$< $$@ 2>/dev/null || cp -pf $$< $$@)
	$(if $(filter std,$(VARIANT)),,@mkdir -p $(BIN_DIR) && ln -f $$< $(BIN_DIR)/$1.$(VARIANT))
else
build-all: $1
endif
endef
$(foreach t,$(targets),$(eval $(call link_rule,$t)))

build-all:
	@:
endif
