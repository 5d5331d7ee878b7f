# SPDX-License-Identifier: MIT
#
# Role: files that are booted as they are. They are linked into build/assets/KIND, where boot entries
# and tests find them by name: SRC_ASSETS_NED (scripts), SRC_ASSETS_IO, SRC_ASSETS_MODLIST (module
# lists, for MODULES_LIST=name), SRC_ASSETS_MISC; SRC_DTS are compiled to device trees (.dtb).

include $(L4DIR)/mk/Makeconf

ROLE        := assets
asset_kinds := NED IO MODLIST MISC
asset_dir    = $(BUILD)/assets/$1
SYSTEM      ?= $(ARCH)-l4f
# $(call asset_files,KIND): all sources of a kind
asset_files  = $(foreach v,SRC_ASSETS_$1 SRC_ASSETS_$1_$(ARCH),$($v) $($v-y))
dts_files   := $(SRC_DTS) $(SRC_DTS_$(ARCH)) $(SRC_DTS-y)
all_assets  := $(strip $(foreach k,$(asset_kinds),$(call asset_files,$k)) $(dts_files))

ifneq ($(missing_tools),)
asset_kinds :=
dts_files   :=
else ifeq ($(all_assets),)
  $(error $(SRC_REL)/Makefile: no assets are named. Set SRC_ASSETS_NED, SRC_ASSETS_IO, \
          SRC_ASSETS_MODLIST, SRC_ASSETS_MISC or SRC_DTS)
endif
missing_assets := $(foreach f,$(all_assets),$(if $(wildcard $(SRC_DIR)/$f),,$f))
ifneq ($(strip $(missing_assets)),)
  $(error $(SRC_REL)/Makefile names the asset '$(firstword $(missing_assets))', which does not \
          exist in $(SRC_REL))
endif

lower_NED := ned
lower_IO  := io
lower_MODLIST := modlist
lower_MISC := misc

# $(call asset_rule,KIND,FILE)
define asset_rule
asset_results += $(call asset_dir,$(lower_$1))/$(notdir $2)
$(call asset_dir,$(lower_$1))/$(notdir $2): $(SRC_DIR)/$2
	@mkdir -p $$(@D)
	$$(call show,ASSET,$(SRC_REL)/$2)
	@ln -sf $$< $$@
endef
$(foreach k,$(asset_kinds),$(foreach f,$(call asset_files,$k),$(eval $(call asset_rule,$k,$f))))

define dts_rule
asset_results += $(call asset_dir,dtb)/$(notdir $(basename $1)).dtb
$(call asset_dir,dtb)/$(notdir $(basename $1)).dtb: $(SRC_DIR)/$1
	@command -v dtc >/dev/null || { echo "$(SRC_REL)/Makefile: SRC_DTS needs the program dtc." \
	  "Install it: apt-get install device-tree-compiler" >&2; exit 1; }
	@mkdir -p $$(@D)
	$$(call show,DTC,$(SRC_REL)/$1)
	$$(Q)dtc -q -I dts -O dtb -o $$@ $$<
endef
$(foreach f,$(dts_files),$(eval $(call dts_rule,$f)))

build-all: $(asset_results)
	@:

clean cleanall:
	@rm -f $(asset_results)
