# SPDX-License-Identifier: MIT
#
# Role: libraries and the pc files that describe them. See mk/README.md and docs/build.md.

include $(L4DIR)/mk/Makeconf

ROLE := lib
MODE ?= lib
SYSTEMS ?= $(ARCH)-l4f
bad_targets := $(filter-out %.a %.o %.so,$(TARGET))
ifneq ($(bad_targets),)
  $(error $(SRC_REL)/Makefile: TARGET names '$(bad_targets)'. lib.mk makes libNAME.a, libNAME.so \
          (shared), libNAME.p.a (position independent), libNAME.o.a (one linked object) and NAME.o \
          (start code))
endif

ifeq ($(MODE),host)
include $(L4DIR)/mk/host.mk
else ifeq ($(SYSTEM),)
include $(L4DIR)/mk/enter.mk
else
include $(L4DIR)/mk/compile.mk
include $(L4DIR)/mk/link.mk
include $(L4DIR)/mk/pc.mk

archives  := $(filter-out %.so,$(targets))
libraries := $(filter %.so,$(targets))
-include $(wildcard $(foreach t,$(archives),$t.lib.cmd))

# $(call partial_link,T,OUT): all objects of a target as one relocatable object
partial_link = $(Q)$(LD) -m elf_x86_64 -r -o $2 $(call target_objs,$1)

define lib_rule
MEMBERS_$1 := $$(strip $(target_objs) $(call global_symbols,$1))
build-all: $(LIB_DIR)/$1
$(LIB_DIR)/$1: $(target_objs) $$(call if_changed,$1.lib,$$(MEMBERS_$1))
	@mkdir -p $$(@D)
	$$(call show,$(if $(filter %.o,$1),LD,AR),$(SRC_REL)/$1)
	$$(call note_cmd,$1.lib,$$(MEMBERS_$1))
	@rm -f $$@
	$$(call make_lib,$1,$$@)
	@$$(call keep_cmd,$1.lib)
endef
# a plain archive; one object; an archive of one object. LINK_INCR names archives of one object, too, and
# LINK_INCR_ONLYGLOBSYM_X (for X or for libX.a) the names that others may use of it.
make_lib = $(if $(filter %.o,$1),$(call partial_link,$1,$2), \
             $(if $(filter %.o.a,$1)$(filter $1,$(LINK_INCR)),$(lib_one),$(lib_plain)))
lib_plain = $(Q)$(AR) rcsD $2 $(call target_objs,$1)
whole     = $(patsubst %.o.a,%,$(1:.a=)).whole.o
global_symbols = $(or $(LINK_INCR_ONLYGLOBSYM_$1),$(LINK_INCR_ONLYGLOBSYM_$(patsubst lib%.a,%,$1)))
define lib_one
$(call partial_link,$1,$(whole))
	$(if $(global_symbols),$(Q)$(OBJCOPY) $(addprefix -G,$(global_symbols)) $(whole))
	$(Q)$(AR) rcsD $2 $(whole)
endef
$(foreach t,$(archives),$(eval $(call lib_rule,$t)))

# --- shared libraries -----------------------------------------------------------------------------
# crts.o, of package ldso, gives a library its identity. The libraries that ldso itself is made of are
# built before it, and have nothing to destroy.
so_flags = -m elf_x86_64 -shared -nostdlib -soname $(so_name) --hash-style=gnu --eh-frame-hdr --build-id=none \
           -z noexecstack -z max-page-size=4096 -z relro -z separate-code $(call ld_flags,$1) \
           -rpath-link $(LIB_DIR) $(lib_paths)
# libX.so.N with SOVERSION = N, and libX.so is a link to it
so_name  = $1$(addprefix .,$(call pick,SOVERSION,$1))
# $(call crts,T)
crts     = $(if $(filter libdl libc,$(PC_LIST_$1)),$(LIB_DIR)/crts.o)

-include $(wildcard $(foreach t,$(libraries),$t.cmd $t.link.d))

define so_rule
LINK_$1 := $$(strip $(LD) $(call so_flags,$1) $(call so_inputs,$1))
build-all: $(LIB_DIR)/$1
$(LIB_DIR)/$1: $(target_objs) $(call crts,$1) $(call pick,ARCHIVES,$1) $$(call if_changed,$1,$$(LINK_$1))
	@mkdir -p $$(@D)
	$$(call show,LINK,$(SRC_REL)/$1)
	$$(call note_cmd,$1,$$(LINK_$1))
	$$(Q)$(LD) -o $$@ $(call so_flags,$1) --dependency-file=$1.link.d $(call so_inputs,$1) && \
	  $$(call keep_cmd,$1)
	$(if $(call pick,SOVERSION,$1),@ln -f $$@ $(LIB_DIR)/$(so_name))
endef
so_inputs = $(call crts,$1) $(target_objs) $(call whole_archives,$1) \
            --start-group $(pc_libs) $(raw_libs) $(LIBGCC) --end-group
# Archives that become part of the library completely: ARCHIVES
whole_archives = $(if $(call pick,ARCHIVES,$1),--whole-archive $(call pick,ARCHIVES,$1) \
                   --no-whole-archive)
$(foreach t,$(libraries),$(eval ignore := $(call pc_walk,$t,$(call libs_of,$t))))
$(foreach t,$(libraries),$(eval $(call so_rule,$t)))

build-all:
	@:
endif
