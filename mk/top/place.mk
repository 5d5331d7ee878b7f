# SPDX-License-Identifier: MIT
#
# Where is built: a place that makefiles can name, that can be written, and in which nobody else
# builds at the moment.

ifneq ($(words $(L4DIR)x),1)
  $(error The folder '$(CURDIR)' has a blank in its name, which make cannot cope with. Move the tree \
          to a folder without)
endif
ifneq ($(words $(BUILD)x),1)
  $(error O='$(O)' has a blank in its name, which make cannot cope with. Choose another folder)
endif

ifeq ($(origin B),command line)
  $(error Build directories need not be created: 'make' builds into build/, 'make O=$(B)' into $(B)/)
endif

place_error := $(shell mkdir -p $(BUILD) 2>&1 && { test -w $(BUILD) || echo 'no permission'; })
ifneq ($(place_error),)
  $(error The build directory $(BUILD) cannot be written: $(place_error). Build elsewhere with \
          O=folder, or change its owner)
endif

# Goals that go on long after they have built, or start a make that builds, do not count: while QEMU or
# tests run, another make may build.
only_start := qemu debug listentries showentry listpackages %iso %image %config test test-% check \
              bench fuzz irq-window doc
ifneq ($(filter-out $(only_start),$(or $(MAKECMDGOALS),all)),)
  ignore := $(shell mk/tools/one-build.sh $(BUILD) $$PPID)
endif
