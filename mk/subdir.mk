# SPDX-License-Identifier: MIT
#
# Role: a directory that holds directories. TARGET (or SUBDIRS) names them; the default is those
# of the usual names that exist. include comes first, then libraries, then everything else.

include $(L4DIR)/mk/Makeconf

ROLE := subdir
default_dirs := $(if $(call same,$(SRC_DIR),$(PKGDIR)),include) src lib server examples doc assets \
                $(if $(BUILD_TESTS),test)
wanted_dirs  := $(strip $(or $(TARGET),$(SUBDIRS),$(patsubst $(SRC_DIR)/%/Makefile,%, \
                  $(wildcard $(default_dirs:%=$(SRC_DIR)/%/Makefile)))) \
                  $(TARGET_$(ARCH)) $(TARGET-y) $(if $(BUILD_TESTS),$(TARGET_test)))
subdirs      := $(call uniq,$(wanted_dirs))

no_makefile := $(foreach d,$(subdirs),$(if $(wildcard $(SRC_DIR)/$d/Makefile),,$d))
ifneq ($(strip $(no_makefile)),)
  $(error $(SRC_REL)/Makefile names the sub-directory '$(firstword $(no_makefile))', \
          but there is no $(SRC_REL)/$(firstword $(no_makefile))/Makefile)
endif

.PHONY: $(subdirs)
ifeq ($(by_hand),)
build-all: $(subdirs)
	@:
else
build-all:
	@$(MAKE) -C $(L4DIR) O=$(BUILD) package-deps PKG=$(PKG)
	@$(MAKE) -f $(USER_MAKEFILE) MAKELEVEL=1 $(with_options) all
endif

$(subdirs):
	@$(MAKE) -C $(SRC_DIR)/$@ PKGDIR=$(PKGDIR) L4DIR=$(L4DIR) O=$(BUILD) $(with_options) all

# Libraries need the headers, programs need both.
first_dirs := $(filter include,$(subdirs))
lib_dirs   := $(filter src lib lib/% src/%,$(subdirs))
rest_dirs  := $(filter-out $(first_dirs) $(lib_dirs),$(subdirs))
$(lib_dirs): | $(first_dirs)
$(rest_dirs): | $(first_dirs) $(lib_dirs)

clean_goals := $(addprefix clean-,$(subdirs))
.PHONY: $(clean_goals)
clean cleanall: $(clean_goals)
$(clean_goals):
	@$(MAKE) -C $(SRC_DIR)/$(@:clean-%=%) PKGDIR=$(PKGDIR) L4DIR=$(L4DIR) O=$(BUILD) clean
