# SPDX-License-Identifier: MIT
#
# Parts of other projects, built by recipes. A package asks for one in its Control file:
# "third-party: newlib". The result is in BUILD/third-party/NAME.

export THIRD_PARTY_FILES MIRROR

third_parties := $(patsubst mk/third-party/%/recipe.sh,%,$(wildcard mk/third-party/*/recipe.sh))

part_key = $(BUILD)/third-party/$1/.key

# Headers of the tree that a recipe uses: its lines "# tree: FOLDER...".
part_tree = $(shell sed -n 's/^. tree://p' mk/third-party/$1/recipe.sh | \
              xargs -r -I{} find {} -name '*.h' 2>/dev/null)

define third_party_rule
$(part_key): $(wildcard mk/third-party/$1/*) $(part_tree) mk/third-party/lock \
    mk/third-party/functions.sh $(TOOLS_MK) | $(BUILD)/third-party
	+@CC='$(CC)' CXX='$(CXX)' $(PYTHON) -B mk/tools/third_party.py build $1 $(BUILD)
	@touch $$@
.PHONY: $1
$1: $(part_key)
endef
$(foreach n,$(third_parties),$(eval $(call third_party_rule,$n)))

$(BUILD)/third-party:
	@mkdir -p $@

unknown_parts := $(foreach p,$(PACKAGES),$(foreach n,$(PKG_THIRD_$p), \
                   $(if $(filter $n,$(third_parties)),,$p)))
ifneq ($(strip $(unknown_parts)),)
  $(error $(firstword $(unknown_parts))/Control: third-party names a part without a recipe. \
          Known: $(third_parties))
endif

.PHONY: fetch
fetch:
	@CC='$(CC)' CXX='$(CXX)' $(PYTHON) -B mk/tools/third_party.py fetch
