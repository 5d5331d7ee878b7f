# SPDX-License-Identifier: MIT
#
# Role: a folder that only holds packages. The top makefile looks into it for packages because its
# Makefile includes this file; `make` here builds all of them.

include $(L4DIR)/mk/Makeconf

PROJECT := $(patsubst $(L4DIR)/%,%,$(SRC_DIR))
ifneq ($(filter /%,$(PROJECT)),)
  $(error $(SRC_DIR) is outside of the tree $(L4DIR): build its packages one by one there, with \
          make L4DIR=$(L4DIR))
endif

build-all:
	@$(MAKE) -C $(L4DIR) O=$(BUILD) $(PROJECT)

clean cleanall:
	@$(MAKE) -C $(L4DIR) O=$(BUILD) clean S=$$(cd $(L4DIR) && ls -d $(PROJECT)/*/Control | \
	  sed 's,/Control,,' | paste -sd:)
