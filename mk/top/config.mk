# SPDX-License-Identifier: MIT
#
# Options: mk/Kconfig and the packages' Kconfig.L4. CONFIG_X stands here and in all makefiles of
# packages, and in <l4/bid_config.h>, which every source sees.

config_goals := menuconfig nconfig config oldconfig olddefconfig silentoldconfig defconfig \
                alldefconfig allyesconfig allnoconfig randconfig
CONFIG_ALL   := $(BUILD)/.config.all
kconfig_l4   := $(wildcard $(foreach r,l4re pkg,$r/*/Kconfig.L4 $r/*/*/Kconfig.L4))
kconfig_list := $(BUILD)/.kconfig.files
kconfig      := $(PYTHON) -B $(L4DIR)/mk/tools/kconfig.py $(L4DIR) $(BUILD)

# The list of files is kept, so that one that is gone counts as a change too.
ifeq ($(call same,x $(kconfig_l4),$(if $(wildcard $(kconfig_list)),$(file <$(kconfig_list)))),)
  ignore := $(shell mkdir -p $(BUILD))
  $(file >$(kconfig_list),x $(kconfig_l4))
endif

.PHONY: menuconfig nconfig config oldconfig olddefconfig silentoldconfig defconfig \
        alldefconfig allyesconfig allnoconfig randconfig
$(config_goals):
	@$(kconfig) $@

$(CONFIG_ALL): $(kconfig_list) $(kconfig_l4) mk/Kconfig $(wildcard $(BUILD)/.kconfig) \
               mk/tools/kconfig.py
	@$(kconfig) update

# (A goal that changes the options does not want the old ones first.)
ifeq ($(filter $(config_goals),$(MAKECMDGOALS)),)
include $(CONFIG_ALL)
endif
