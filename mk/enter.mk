# SPDX-License-Identifier: MIT
#
# The step from a source directory into its object directories. A role that compiles is read
# twice: first here, in the source directory, where it only starts one make per system in
# SYSTEMS; then in the object directory, with SYSTEM set, where the rules are.

ifneq ($(filter $(ARCH),$(SYSTEMS)),)
  $(error $(SRC_REL)/Makefile: SYSTEMS names the bare architecture '$(ARCH)'. \
          Write $(ARCH)-l4f (programs of the running system) or $(ARCH)-plain (no L4 interface))
endif
systems_here := $(if $(missing_tools),,$(filter $(ARCH)-%,$(SYSTEMS)))

# Each variant of each system: goals SYSTEM+VARIANT. std is always there; others are named by the
# Makefile, or by the Control file for the package or for this folder.
-include $(wildcard $(BUILD)/packages.mk)
known_variants := std $(patsubst $(L4DIR)/mk/variants/%.inc,%,$(wildcard $(L4DIR)/mk/variants/*.inc))
control_variants = $(foreach f,$(patsubst PKG_VARIANTS_%,%,$(filter PKG_VARIANTS_%,$(.VARIABLES))), \
                     $(if $(filter $f $f/%,$(SRC_REL)),$(PKG_VARIANTS_$f)))
variants_here  := $(call uniq,std $(VARIANTS) $(control_variants))
ifneq ($(filter-out $(known_variants),$(variants_here)),)
  $(error $(SRC_REL)/Makefile: VARIANTS names '$(filter-out $(known_variants),$(variants_here))'. \
          Known: $(known_variants))
endif
builds_here := $(foreach s,$(systems_here),$(addprefix $s+,$(variants_here)))
system_of    = $(firstword $(subst +, ,$1))
variant_of   = $(lastword $(subst +, ,$1))
obj_dir = $(OBJ_ROOT)/OBJ-$(ARCH_CPU)-$(variant_of)-$(patsubst $(ARCH)-%,%,$(system_of))

ifeq ($(by_hand),)
build-all: $(builds_here)
	@:
else
# Started by hand in a package: first what the package depends on, by the top makefile.
build-all:
	@$(MAKE) -C $(L4DIR) O=$(BUILD) package-deps PKG=$(PKG)
	@$(MAKE) -f $(USER_MAKEFILE) MAKELEVEL=1 $(with_options) all
endif

.PHONY: $(builds_here)
$(builds_here):
	@mkdir -p $(call obj_dir,$@)
	@$(MAKE) -C $(call obj_dir,$@) -f $(USER_MAKEFILE) -I $(SRC_DIR) SYSTEM=$(call system_of,$@) \
	  VARIANT=$(call variant_of,$@) $(with_options) \
	  SRC_DIR=$(SRC_DIR) PKGDIR=$(PKGDIR) L4DIR=$(L4DIR) O=$(BUILD) all

clean cleanall:
	@rm -rf $(foreach b,$(builds_here),$(call obj_dir,$b))
