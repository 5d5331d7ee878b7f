# SPDX-License-Identifier: MIT
#
# Booting: settings of Makeconf.boot, entries of the module list, QEMU, ISO images.

PLATFORM_TYPE ?= $(or $(PT),pc)
ARCH := amd64
-include $(firstword $(wildcard $(BUILD)/Makeconf.boot Makeconf.boot conf/Makeconf.boot))

ENTRY ?= $(E)
boot_settings := MODULES_LIST MODULE_SEARCH_PATH QEMU_PATH QEMU_OPTIONS QEMU_IMAGE_TYPE ACCEL \
                 PLATFORM_TYPE CPUS MEMORY GRAPHICS GRUB_TIMEOUT GRUB_ENTRY_TITLE ISONAME_SUFFIX \
                 KERNEL KERNEL_OPTIONS GDB_CMDS V
# Names that a shell may use for something else.
$(foreach v,CPUS MEMORY GRAPHICS,$(if $(filter environment,$(origin $v)),$(eval override $v :=)))
export $(boot_settings)
# What an entry needs: KERNEL=debug boots it with the debug kernel.
to_boot := all $(if $(filter debug,$(KERNEL)),kernel-debug)
boot := $(PYTHON) -B $(L4DIR)/mk/tools/boot --top $(L4DIR) --build $(BUILD)

.PHONY: qemu debug listentries showentry grub1iso grub2iso grub2efiiso

listentries:
	@$(boot) list

# The files and command lines of an entry.
showentry:
	@entry=$$($(boot) choose '$(ENTRY)') && $(boot) show "$$entry"

# The entry is asked for, or found to be misspelt, before anything is built. (exec: who ends make ends
# QEMU with it.)
qemu:
	@entry=$$($(boot) choose '$(ENTRY)') && $(MAKE) $(to_boot) && exec $(boot) qemu "$$entry"

# QEMU stopped, gdb attached, with the debug kernel. GDB_CMDS="a; b": these commands, and no terminal.
debug: export KERNEL := $(or $(KERNEL),debug)
debug:
	@entry=$$($(boot) choose '$(ENTRY)') && $(MAKE) all kernel-debug && exec $(boot) debug "$$entry"

grub1iso grub2iso grub2efiiso:
	@entry=$$($(boot) choose '$(ENTRY)') && $(MAKE) $(to_boot) && \
	  $(boot) iso "$$entry" --multiboot $(if $(filter grub1%,$@),1,2) $(if $(findstring efi,$@),--efi)

# One file with everything inside: for a multiboot loader, or for UEFI firmware.
.PHONY: elfimage rawimage uimage efiimage
elfimage rawimage uimage efiimage:
	@entry=$$($(boot) choose '$(ENTRY)') && $(MAKE) $(to_boot) && $(boot) $@ "$$entry"

# Goals of other build systems of this kind that make no sense on a PC.
.PHONY: itb fastboot fastboot_rawimage fastboot_uimage fvp
itb fastboot fastboot_rawimage fastboot_uimage fvp:
	@echo "'make $@' is for boards with ARM processors, and Furore runs on PCs. There are:" \
	  "elfimage rawimage uimage efiimage grub1iso grub2iso grub2efiiso (docs/build.md)" >&2; exit 2

# From an empty Debian to Hello World (needs root).
.PHONY: test-fresh
test-fresh:
	@$(PYTHON) -B mk/tools/test_fresh.py $(L4DIR) $(BUILD) $(if $(SUITE),--suite $(SUITE)) \
	  $(if $(KEEP),--keep) $(if $(ALL),--all-tests)
