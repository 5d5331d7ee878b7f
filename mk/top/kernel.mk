# SPDX-License-Identifier: MIT
#
# The kernel has its own makefile, which knows nothing of this one. It is entered when one of its
# files is newer than its image. Beside the kernel there is the debug kernel, furore_debug
# (docs/debugging.md), and furore_general, which lacks the fast path; made when something asks for them.

KERNEL_IMAGE := $(BUILD)/bin/$(ARCH_CPU)/furore

# $(call enter_kernel,FOLDER,SETTING,IMAGE)
# (The + tells make that this is one: it does not look into $(call ...) for $(MAKE) itself.)
define enter_kernel
	@mkdir -p $(@D) $(BUILD)/$(1) $(dir $(3))
	+@$(MAKE) -C kernel O=$(BUILD)/$(1) V=$(V) CXX='$(strip $(CCACHE) $(CXX))' $(2)
	@ln -f $(BUILD)/$(1)/furore $(3) 2>/dev/null || cp -pf $(BUILD)/$(1)/furore $(3)
	@touch $@
endef

.PHONY: kernel kernel-debug kernel-general
ifneq ($(wildcard kernel/Makefile),)
kernel_files := kernel/. $(shell find kernel -mindepth 1 \
                  \( -name '.*' -o -name '*~' -o -name '* *' \) -prune -o -print)
kernel: $(STAMPS)/kernel.stamp
$(STAMPS)/kernel.stamp: $(kernel_files) $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL)
	$(call enter_kernel,kernel,$(addprefix DEBUG=,$(or $(DEBUG),$(CONFIG_KERNEL_DEBUG))),$(KERNEL_IMAGE))
kernel-debug: $(STAMPS)/kernel-debug.stamp
$(STAMPS)/kernel-debug.stamp: $(kernel_files) $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL)
	$(call enter_kernel,kernel-debug,DEBUG=y,$(KERNEL_IMAGE)_debug)
kernel-general: $(STAMPS)/kernel-general.stamp
$(STAMPS)/kernel-general.stamp: $(kernel_files) $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL)
	$(call enter_kernel,kernel-general,FASTPATH=n,$(KERNEL_IMAGE)_general)
else
kernel kernel-debug kernel-general:
	@echo "  SKIP    kernel (there is no kernel/Makefile)"
endif
