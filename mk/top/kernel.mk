# SPDX-License-Identifier: MIT
#
# The kernel has its own makefile, which knows nothing of this one. It is entered when one of its
# files is newer than its image.

KERNEL_IMAGE := $(BUILD)/bin/$(ARCH_CPU)/furore

.PHONY: kernel
ifneq ($(wildcard kernel/Makefile),)
kernel_files := kernel/. $(shell find kernel -mindepth 1 \
                  \( -name '.*' -o -name '*~' -o -name '* *' \) -prune -o -print)
kernel: $(STAMPS)/kernel.stamp
$(STAMPS)/kernel.stamp: $(kernel_files) $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL)
	@mkdir -p $(@D) $(BUILD)/kernel $(dir $(KERNEL_IMAGE))
	@$(MAKE) -C kernel O=$(BUILD)/kernel V=$(V) CXX='$(strip $(CCACHE) $(CXX))' \
	  $(if $(or $(DEBUG),$(CONFIG_KERNEL_DEBUG)),DEBUG=$(or $(DEBUG),y))
	@ln -f $(BUILD)/kernel/furore $(KERNEL_IMAGE) 2>/dev/null || \
	  cp -pf $(BUILD)/kernel/furore $(KERNEL_IMAGE)
	@touch $@
else
kernel:
	@echo "  SKIP    kernel (there is no kernel/Makefile)"
endif
