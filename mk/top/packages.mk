# SPDX-License-Identifier: MIT
#
# Packages: which there are (mk/tools/packages.py reads the Control files), what each depends on,
# and when one has to be entered.

PACKAGE_ROOTS := l4re pkg
PACKAGES_MK   := $(BUILD)/packages.mk

control_files := $(wildcard $(foreach r,$(PACKAGE_ROOTS),$r/*/Control* $r/*/*/Control* \
                   $(foreach d,$r $r/* $r/*/*,$d/aliases.d $d/aliases.d/*)))
package_dirs  := $(PACKAGE_ROOTS) $(wildcard $(foreach r,$(PACKAGE_ROOTS),$r/*/.))
$(PACKAGES_MK): $(control_files) $(wildcard $(package_dirs) mk/aliases.d mk/aliases.d/*) \
                mk/tools/packages.py mk/tools/control.py $(CONFIG_ALL)
	@$(PYTHON) -B mk/tools/packages.py --roots '$(PACKAGE_ROOTS)' --config $(CONFIG_ALL) graph $@
include $(PACKAGES_MK)

# Folders count as files: their time changes when a file in them comes or goes.
tree_files := $(shell find $(wildcard $(PACKAGE_ROOTS)) \
                \( -name '.*' -o -name '*~' -o -name '* *' -o -name __pycache__ \) -prune -o -print)
role_files := $(wildcard mk/*.mk mk/variants/*) mk/Makeconf $(TOOLS_MK) $(OPTIONS_FILE) $(CONFIG_ALL) \
              $(wildcard Makeconf.local conf/Makeconf.local $(BUILD)/Makeconf.local)

stamp_of = $(addprefix $(STAMPS)/,$(addsuffix .stamp,$1))

# $(call package_rules,PACKAGE)
define package_rules
$(call stamp_of,$1): $1/. $(filter $1/%,$(tree_files)) $(call stamp_of,$(PKG_DEPS_$1)) \
                     $(role_files) $(PKG_THIRD_$1:%=$(BUILD)/third-party/%/.key)
	$$(if $$(PKG_ERROR_$1),@$$(info )$$(info *** $$(PKG_ERROR_$1))$$(info )false)
	@mkdir -p $$(@D)
	@$$(MAKE) -C $1 L4DIR=$(L4DIR) PKGDIR=$(L4DIR)/$1 O=$(BUILD) MAKEFILES=$(CONFIG_ALL) all
	@touch $$@
.PHONY: $1
$1: $(call stamp_of,$1)
endef
$(foreach p,$(PACKAGES),$(eval $(call package_rules,$p)))

# A package whose Control file has the line "# on demand" is large: it is built when another package
# or the tests need it, so that the first boot does not wait for what it does not use.
on_demand        := $(patsubst %/Control,%,$(shell grep -ls '^. on demand' /dev/null \
                      $(addsuffix /Control,$(PACKAGES))))
default_packages := $(filter-out $(on_demand),$(PACKAGES))

# A folder of packages as a goal: all of them.
projects := $(filter-out $(PACKAGE_ROOTS) $(PACKAGES),$(sort $(foreach p,$(PACKAGES),$(patsubst %/,%,$(dir $p)))))
.PHONY: $(projects)
$(foreach d,$(projects),$(eval $d: $(call stamp_of,$(filter $d/%,$(PACKAGES)))))

.PHONY: packages all-packages package-deps listpackages
packages: $(call stamp_of,$(default_packages))
all-packages: $(call stamp_of,$(PACKAGES))

# S=pkg/a:pkg/b: these packages only, whether or not something in them changed.
ifneq ($(S),)
  comma := ,
  selected := $(patsubst %/,%,$(subst :, ,$(subst $(comma), ,$(S))))
  unknown  := $(filter-out $(PACKAGES),$(selected))
  # Not while makefiles are read: the list of packages may just be about to be written anew.
  ifneq ($(unknown),)
    $(addprefix only-,$(unknown)) $(call stamp_of,$(unknown)) package-tests:
	$(error S= names $(unknown), which is no package. 'make listpackages' lists them)
  endif
  .PHONY: selected-packages $(addprefix only-,$(selected))
  selected-packages: $(addprefix only-,$(selected))
  $(foreach p,$(selected),$(eval only-$p: $(addprefix only-,$(filter $(selected),$(PKG_DEPS_$p)))))
  $(addprefix only-,$(filter $(PACKAGES),$(selected))): only-%:
	@$(MAKE) -C $* L4DIR=$(L4DIR) PKGDIR=$(L4DIR)/$* O=$(BUILD) MAKEFILES=$(CONFIG_ALL) \
	  $(if $(filter clean%,$(MAKECMDGOALS)),clean,all)
	$(if $(filter clean%,$(MAKECMDGOALS)),@rm -f $(call stamp_of,$*))
endif

# Packages with tests: some makefile of theirs has the role test.mk. Each is entered once more for
# them, after what its tests need.
ifneq ($(filter test test-bochs check guests package-tests test-list bench irq-window fuzz,$(MAKECMDGOALS)),)
tested_packages := $(foreach p,$(PACKAGES),$(if $(shell grep -ls '/mk/test[.]mk' /dev/null \
                     $(filter $p/%/Makefile,$(tree_files))),$p))
test_stamp_of = $(addprefix $(STAMPS)/tests/,$(addsuffix .stamp,$1))
define test_rules
$(call test_stamp_of,$1): $(call stamp_of,$1 $(PKG_TEST_DEPS_$1))
	@mkdir -p $$(@D)
	@$$(MAKE) -C $1 L4DIR=$(L4DIR) PKGDIR=$(L4DIR)/$1 O=$(BUILD) MAKEFILES=$(CONFIG_ALL) BUILD_TESTS=y all
	@touch $$@
endef
$(foreach p,$(tested_packages),$(eval $(call test_rules,$p)))
.PHONY: package-tests
package-tests: $(call test_stamp_of,$(filter $(or $(selected),%),$(tested_packages)))
endif

# For make in a package's folder: everything that package needs, but not the package itself.
package-deps: $(call stamp_of,$(PKG_DEPS_$(PKG))) $(PKG_THIRD_$(PKG):%=$(BUILD)/third-party/%/.key)
	@:

listpackages:
	@$(PYTHON) -B mk/tools/packages.py --roots '$(PACKAGE_ROOTS)' list

# Compile commands for editors and clang tools, from what each object remembers.
.PHONY: compile_commands.json
compile_commands.json: $(BUILD)/compile_commands.json
$(BUILD)/compile_commands.json: $(call stamp_of,$(default_packages)) mk/tools/compile_commands.py
	@$(PYTHON) -B mk/tools/compile_commands.py $(BUILD) $@
