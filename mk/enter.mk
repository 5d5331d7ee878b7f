# SPDX-License-Identifier: MIT
#
# The step from a source directory into its object directories. A role that compiles is read
# twice: first here, in the source directory, where it only starts one make per system in
# SYSTEMS; then in the object directory, with SYSTEM set, where the rules are.

ifneq ($(filter $(ARCH),$(SYSTEMS)),)
  $(error $(SRC_REL)/Makefile: SYSTEMS names the bare architecture '$(ARCH)'. \
          Write $(ARCH)-l4f (programs of the running system) or $(ARCH)-plain (no L4 interface))
endif
systems_here := $(filter $(ARCH)-%,$(SYSTEMS))
obj_dir = $(OBJ_ROOT)/OBJ-$(ARCH_CPU)-$(VARIANT)-$(patsubst $(ARCH)-%,%,$1)

ifeq ($(by_hand),)
build-all: $(systems_here)
else
# Started by hand in a package: first what the package depends on, by the top makefile.
build-all:
	@$(MAKE) -C $(L4DIR) O=$(BUILD) package-deps PKG=$(PKG)
	@$(MAKE) -f $(USER_MAKEFILE) MAKELEVEL=1 all
endif

.PHONY: $(systems_here)
$(systems_here):
	@mkdir -p $(call obj_dir,$@)
	@$(MAKE) -C $(call obj_dir,$@) -f $(USER_MAKEFILE) -I $(SRC_DIR) SYSTEM=$@ \
	  SRC_DIR=$(SRC_DIR) PKGDIR=$(PKGDIR) L4DIR=$(L4DIR) O=$(BUILD) all

clean cleanall:
	@rm -rf $(foreach s,$(systems_here),$(call obj_dir,$s))
