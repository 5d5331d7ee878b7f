# SPDX-License-Identifier: MIT
#
# Role: programs. See mk/README.md and docs/build.md for the variables.

include $(L4DIR)/mk/Makeconf

ROLE := prog
MODE ?= static
ifeq ($(filter static sigma0 host,$(MODE)),)
  $(error $(SRC_REL)/Makefile: MODE is '$(MODE)'. Programs are built with MODE = static \
          (linked against libc), MODE = sigma0 (no libc, own start code) or MODE = host (a program \
          of this machine))
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

$(foreach t,$(targets),$(eval ignore := $(call pc_walk,$t,$(call libs_of,$t))))

own_file   = $(if $1,$(if $(filter /%,$1),$1,$(firstword $(wildcard $1 $(SRC_DIR)/$1) $1)))
ldscript   = $(or $(call own_file,$(call pick,LDSCRIPT,$1)),$(call pc_var,$1,ldscript))
crt0       = $(or $(call own_file,$(call pick,CRT0,$1)),$(subst :, ,$(call pc_var,$1,crt0)))
crtn       = $(or $(call own_file,$(call pick,CRTN,$1)),$(subst :, ,$(call pc_var,$1,crtn)))
pc_libs    = $(foreach n,$(PC_LIST_$1),$(PC_LIBS_$n))
raw_libs   = $(call pick,LIBS,$1) $(call pick,EXTRA_LIBS,$1)
lib_paths  = $(addprefix -L,$(call in_src,$(PRIVATE_LIBDIR))) -L$(LIB_DIR)
# LDFLAGS are understood both as the linker's own and as the compiler's -Wl, form.
ld_flags   = $(subst $(comma), ,$(patsubst -Wl$(comma)%,%,$(call pick,LDFLAGS,$1)))
# $(call size_symbol,VAR,SYMBOL,T)
size_symbol = $(if $(call pick,$1,$3),--defsym=$2=$(call pick,$1,$3))
heap_stack = $(call size_symbol,DEFAULT_HEAP_SIZE,__heap_size,$1) \
             $(call size_symbol,DEFAULT_STACK_SIZE,__stack_size,$1)

link_flags = -m elf_x86_64 -static -nostdlib --gc-sections --build-id=none --eh-frame-hdr \
             -z noexecstack -z max-page-size=4096 -z norelro -Ttext-segment=$(link_base) \
             $(if $(ldscript),-T $(ldscript)) $(heap_stack) $(ld_flags) $(lib_paths)
# where the text segment starts
link_base  = $(or $(call pick,DEFAULT_RELOC,$1),0x400000)

-include $(wildcard $(foreach t,$(targets),$t.cmd $t.link.d))

# $(call link_rule,T)
define link_rule
LINK_$1 := $$(strip $(LD) $(call link_flags,$1) $(crt0) $(target_objs) $(pc_libs) $(raw_libs))
$1: $(target_objs) $(filter %.o,$(crt0) $(crtn)) $(ldscript) $$(call if_changed,$1,$$(LINK_$1))
	$$(call show,LINK,$(SRC_REL)/$1)
	$$(call note_cmd,$$@,$$(LINK_$1))
	$$(Q)$(LD) -o $$@ $(call link_flags,$1) --dependency-file=$1.link.d $(crt0) $(target_objs) \
	  --start-group $(pc_libs) $(raw_libs) $(LIBGCC) --end-group $(crtn) && \
	  $$(call keep_cmd,$$@)

ifeq ($(filter y $1,$(NOTARGETSTOINSTALL)),)
build-all: $(or $(INSTALLDIR),$(BIN_DIR))/$1
$(or $(INSTALLDIR),$(BIN_DIR))/$1: $1
	@mkdir -p $$(@D)
	@ln -f $$< $$@ 2>/dev/null || cp -pf $$< $$@
else
build-all: $1
endif
endef
$(foreach t,$(targets),$(eval $(call link_rule,$t)))

build-all:
	@:
endif
