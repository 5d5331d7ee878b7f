# SPDX-License-Identifier: MIT
#
# The kernel has its own makefile, which knows nothing of this one. It is entered when one of its
# files is newer than its image. Beside the kernel there is the debug kernel, furore_debug
# (docs/debugging.md), made when something asks for it.

KERNEL_IMAGE := $(BUILD)/bin/$(ARCH_CPU)/furore

# $(call enter_kernel,FOLDER,DEBUG,IMAGE)
define enter_kernel
	@mkdir -p $(@D) $(BUILD)/$(1) $(dir $(3))
	@$(MAKE) -C kernel O=$(BUILD)/$(1) V=$(V) CXX='$(strip $(CCACHE) $(CXX))' $(if $(2),DEBUG=$(2))
	@ln -f $(BUILD)/$(1)/furore $(3) 2>/dev/null || cp -pf $(BUILD)/$(1)/furore $(3)
	@touch $@
endef

.PHONY: kernel kernel-debug
ifneq ($(wildcard kernel/Makefile),)
kernel_files := kernel/. $(shell find kernel -mindepth 1 \
                  \( -name '.*' -o -name '*~' -o -name '* *' \) -prune -o -print)
kernel: $(STAMPS)/kernel.stamp
$(STAMPS)/kernel.stamp: $(kernel_files) $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL)
	$(call enter_kernel,kernel,$(or $(DEBUG),$(CONFIG_KERNEL_DEBUG)),$(KERNEL_IMAGE))
kernel-debug: $(STAMPS)/kernel-debug.stamp
$(STAMPS)/kernel-debug.stamp: $(kernel_files) $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL)
	$(call enter_kernel,kernel-debug,y,$(KERNEL_IMAGE)_debug)
else
kernel kernel-debug:
	@echo "  SKIP    kernel (there is no kernel/Makefile)"
endif
