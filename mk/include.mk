# SPDX-License-Identifier: MIT
#
# Role: installs headers, as links, in include/l4/PKGNAME of the build directory. Files below
# ARCH-<arch>/ and ARCH-<arch>/L4API-<api>/ go to that architecture's include directory.
#
# TARGET (default: all *.h and *.i), EXTRA_TARGET (headers without a suffix; "new.h<dir/old.h"
# installs under another name), PKGNAME, INCSRC_DIR, INSTALL_INC_PREFIX, CONTRIB_HEADERS,
# PC_FILENAME.

include $(L4DIR)/mk/Makeconf

ROLE       := include
SYSTEM     := $(ARCH)-l4f
INCSRC_DIR ?= $(SRC_DIR)
PKGNAME    ?= $(PKG_SHORT)
INSTALL_INC_PREFIX ?= $(if $(CONTRIB_HEADERS),contrib/$(PKGNAME),l4/$(PKGNAME))
LIB_DIR    := $(BUILD)/lib/$(ARCH_CPU)/$(VARIANT)/l4f
-include $(wildcard $(BUILD)/packages.mk)
include $(L4DIR)/mk/pc.mk

HEADER_STAMP := $(OBJ_ROOT)/headers
incsrc       := $(if $(filter /%,$(INCSRC_DIR)),$(INCSRC_DIR),$(SRC_DIR)/$(INCSRC_DIR))
# $(TARGET) left empty means every header that is there.
header_find  := $(if $(strip $(TARGET)),,$(shell cd $(incsrc) && \
                  find . \( -name '*.h' -o -name '*.i' \) -print | sed 's,^\./,,' | sort))
headers      := $(strip $(TARGET) $(header_find) $(EXTRA_TARGET))

header_new   = $(firstword $(subst <, ,$1))
header_old   = $(lastword $(subst <, ,$1))
missing_headers := $(foreach h,$(headers), \
                     $(if $(wildcard $(incsrc)/$(call header_old,$h)),,$(call header_old,$h)))
ifneq ($(strip $(missing_headers)),)
  $(error $(SRC_REL)/Makefile: TARGET or EXTRA_TARGET names $(strip $(missing_headers)), \
          which does not exist in $(incsrc))
endif

# ARCH-amd64/L4API-l4f/ipc.h -> amd64/l4f/PREFIX/ipc.h; headers of other architectures stay out.
header_arch  = $(patsubst ARCH-$(ARCH)/%,%,$1)
header_api   = $(patsubst L4API-l4f/%,%,$(header_arch))
header_root  = $(if $(filter ARCH-$(ARCH)/%,$1),$(ARCH)/$(if $(filter L4API-%,$(header_arch)),l4f/))
header_place = $(header_root)$(INSTALL_INC_PREFIX)/$(header_api)
mine         = $(foreach h,$1,$(if $(filter ARCH-%,$h),$(filter ARCH-$(ARCH)/%,$h),$h))
header_list := $(strip $(foreach h,$(call mine,$(headers)), \
                 $(call header_place,$(call header_new,$h))<$(call header_old,$h)))

# What is installed stands in the stamp; another list than this makes it new.
header_text  := $(incsrc) $(header_list)
header_have  := $(if $(wildcard $(HEADER_STAMP)),$(file <$(HEADER_STAMP)))

build-all: $(HEADER_STAMP)
	@:
$(HEADER_STAMP): $(if $(call same,$(header_text),$(header_have)),,FORCE)
	$(call show,HEADERS,$(SRC_REL))
	@if test -f $@; then for h in $$(cat $@); do \
	  case $$h in *'<'*) rm -f "$(INC_DIR)/$${h%%<*}";; esac; done; fi
	@for d in $(sort $(foreach h,$(header_list),$(dir $(call header_new,$h)))); do \
	  mkdir -p $(INC_DIR)/$$d; done
	@for h in $(foreach h,$(header_list),'$h'); do \
	  ln -sf "$(incsrc)/$${h#*<}" "$(INC_DIR)/$${h%%<*}"; done
	$(shell mkdir -p $(@D))$(file >$@.new,$(header_text))
	@mv -f $@.new $@

clean cleanall:
	@if test -f $(HEADER_STAMP); then for h in $$(cat $(HEADER_STAMP)); do \
	  case $$h in *'<'*) rm -f "$(INC_DIR)/$${h%%<*}";; esac; done; rm -f $(HEADER_STAMP); fi
