# SPDX-License-Identifier: MIT
#
# Role: libraries and the pc files that describe them. See mk/README.md and docs/build.md.

include $(L4DIR)/mk/Makeconf

ROLE := lib
MODE ?= lib
SYSTEMS ?= $(ARCH)-l4f
bad_targets := $(filter-out %.a %.o,$(TARGET))
ifneq ($(bad_targets),)
  $(error $(SRC_REL)/Makefile: TARGET names '$(bad_targets)'. lib.mk makes libNAME.a, libNAME.p.a \
          (position independent), libNAME.o.a (one linked object) and NAME.o (start code))
endif

ifeq ($(MODE),host)
include $(L4DIR)/mk/host.mk
else ifeq ($(SYSTEM),)
include $(L4DIR)/mk/enter.mk
else
include $(L4DIR)/mk/compile.mk
include $(L4DIR)/mk/pc.mk

-include $(wildcard $(foreach t,$(targets),$t.lib.cmd))

# $(call partial_link,T,OUT): all objects of a target as one relocatable object
partial_link = $(Q)$(LD) -m elf_x86_64 -r -o $2 $(call target_objs,$1)

define lib_rule
MEMBERS_$1 := $$(strip $(target_objs))
build-all: $(LIB_DIR)/$1
$(LIB_DIR)/$1: $(target_objs) $$(call if_changed,$1.lib,$$(MEMBERS_$1))
	@mkdir -p $$(@D)
	$$(call show,$(if $(filter %.o,$1),LD,AR),$(SRC_REL)/$1)
	$$(call note_cmd,$1.lib,$$(MEMBERS_$1))
	@rm -f $$@
	$$(call make_lib,$1,$$@)
	@$$(call keep_cmd,$1.lib)
endef
# a plain archive; one object; an archive of one object
make_lib = $(if $(filter %.o,$1),$(call partial_link,$1,$2), \
             $(if $(filter %.o.a,$1),$(lib_one),$(lib_plain)))
lib_plain = $(Q)$(AR) rcsD $2 $(call target_objs,$1)
define lib_one
$(call partial_link,$1,$(1:.o.a=.whole.o))
	$(Q)$(AR) rcsD $2 $(1:.o.a=.whole.o)
endef
$(foreach t,$(targets),$(eval $(call lib_rule,$t)))

# Position independent archives get objects of their own.
ifneq ($(filter %.p.a,$(targets)),)
  ifneq ($(filter-out %.p.a,$(targets)),)
    $(error $(SRC_REL)/Makefile: libNAME.p.a needs a directory of its own: its objects differ \
            from those of the other targets)
  endif
  TARGET_FLAGS := $(filter-out -fno-pic -fno-pie,$(TARGET_FLAGS)) -fPIC
endif

build-all:
	@:
endif
