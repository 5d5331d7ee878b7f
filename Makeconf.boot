# Settings for `make qemu` and the image targets; make syntax. docs/build.md lists all of them.

# Folders with modules (scripts, data), searched before what the build made.
MODULE_SEARCH_PATH = $(L4DIR)/conf:$(L4DIR)/conf/examples

# QEMU_PATH = qemu-system-x86_64
QEMU_OPTIONS = -m 512 -M q35 -serial stdio $(QEMU_OPTIONS-$(ARCH))

# ACCEL = kvm runs on the machine's own processor, if a test guest really runs there.
# ACCEL = kvm
