# SPDX-License-Identifier: MIT
#
# Tools that a goal needs are looked for first, and installed when that is possible.

tool_sets := build $(if $(filter qemu,$(MAKECMDGOALS)),qemu) \
             $(if $(filter debug,$(MAKECMDGOALS)),qemu debug) \
             $(if $(filter grub%,$(MAKECMDGOALS) $(QEMU_IMAGE_TYPE)),iso) \
             $(if $(or $(filter %config,$(MAKECMDGOALS)),$(wildcard $(BUILD)/.kconfig \
               l4re/*/Kconfig.L4 pkg/*/Kconfig.L4 pkg/*/*/Kconfig.L4)),config) \
             $(if $(filter doc,$(MAKECMDGOALS)),doc) \
             $(if $(filter efiimage grub2efiiso,$(MAKECMDGOALS) $(QEMU_IMAGE_TYPE)),efi) \
             $(if $(filter test check bench,$(MAKECMDGOALS)),qemu test iso efi debug config doc) \
             $(if $(filter test-bochs,$(MAKECMDGOALS)),qemu test iso bochs) \
             $(if $(filter test-fresh,$(MAKECMDGOALS)),fresh) \
             $(if $(filter setup,$(MAKECMDGOALS)),qemu test iso)

ifeq ($(MAKELEVEL)-$(MAKE_RESTARTS),0-)
  setup_result := $(shell SETUP='$(SETUP)' mk/setup/setup.sh $(tool_sets) >&2 || echo failed)
  ifneq ($(setup_result),)
    $(error tools are missing, see above)
  endif
endif

.PHONY: setup
setup:
	@echo "All tools are there."

# --- facts about the compiler ---------------------------------------------------------------------
# Asked for again when the compiler is another one than last time.
CC  := $(if $(filter command%,$(origin CC)),$(CC),$(CROSS_COMPILE)gcc)
CXX := $(if $(filter command%,$(origin CXX)),$(CXX),$(CROSS_COMPILE)g++)
TOOLS_MK := $(BUILD)/tools.mk
compiler_id := $(CC) $(CXX) $(shell for tool in $(CC) $(CXX) ccache; do command -v $$tool; done | \
                 xargs stat -L -c '%n %s %Y' 2>/dev/null)
known_id    := $(if $(wildcard $(TOOLS_MK).id),$(file <$(TOOLS_MK).id))
ifeq ($(call same,$(compiler_id),$(known_id)),)
  probe_result := $(shell CC='$(CC)' CXX='$(CXX)' mk/tools/probe-compiler.sh $(TOOLS_MK) 2>&1)
  ifneq ($(probe_result),)
    $(error $(probe_result))
  endif
  $(file >$(TOOLS_MK).id,$(compiler_id))
endif

include $(TOOLS_MK)
CCACHE := $(if $(filter n,$(USE_CCACHE)),,$(CCACHE_PATH))

# --- variables from the command line that change what is built ------------------------------------
build_vars := CC CXX LD AR OPTS DEBUG DEBUG_OPTS WARNINGS WARNINGS_C WARNINGS_CXX CFLAGS CXXFLAGS \
              CPPFLAGS DEFINES LDFLAGS USE_CCACHE BUILD_TESTS CROSS_COMPILE
build_options := $(foreach v,$(build_vars),$(if $(filter command%,$(origin $v)),$v=$($v)))
OPTIONS_FILE := $(STAMPS)/options
# (A make that was started in a package's folder takes what the last one said.)
ifneq ($(filter 0,$(MAKELEVEL))$(if $(wildcard $(OPTIONS_FILE)),,y),)
ifeq ($(call same,x $(build_options),$(if $(wildcard $(OPTIONS_FILE)),$(file <$(OPTIONS_FILE)))),)
  ignore := $(shell mkdir -p $(STAMPS))
  $(file >$(OPTIONS_FILE),x $(build_options))
endif
endif
