# SPDX-License-Identifier: MIT
#
# Role: tests of a package. One program for each test_*.cc or test_*.c (or those in TARGET), and for
# each a description that `make test` finds: build/test/t/.../PKG/NAME/test.toml, and NAME.t to run
# it alone. docs/build.md lists the variables TEST_*; here they are only collected, the description
# is written by mk/tools/test_description.py.

include $(L4DIR)/mk/Makeconf

test_sources := $(notdir $(wildcard $(SRC_DIR)/test_*.cc $(SRC_DIR)/test_*.c))
TARGET       ?= $(sort $(basename $(test_sources)))
ifeq ($(strip $(TARGET) $(EXTRA_TEST)),)
  $(error $(SRC_REL)/Makefile: there is no test_*.cc or test_*.c in $(SRC_REL), and TARGET is empty. \
          Add such a file, or say which test to build: TARGET = name, SRC_CC_name = file.cc)
endif
# Each test_NAME.cc belongs to its own program; SRC_CC and SRC_C belong to all of them.
$(foreach s,$(filter %.cc,$(test_sources)),$(eval SRC_CC_$(basename $s) += $s))
$(foreach s,$(filter %.c,$(test_sources)),$(eval SRC_C_$(basename $s) += $s))

TEST_GROUP_DIR := $(PKG)$(if $(TEST_GROUP),/$(TEST_GROUP))
TEST_BIN_DIR   := $(BUILD)/test/bin/$(ARCH_CPU)/l4f/$(TEST_GROUP_DIR)
TEST_T_DIR     := $(BUILD)/test/t/$(ARCH_CPU)/l4f/$(TEST_GROUP_DIR)
INSTALLDIR     ?= $(TEST_BIN_DIR)

include $(L4DIR)/mk/prog.mk

# One value for all tests of the directory, or VARIABLE_NAME for one of them.
test_variables := TEST_TARGET TEST_TIMEOUT TEST_EXPECTED TEST_EXPECTED_REPEAT TEST_TAGS TEST_SETUP \
  TEST_KERNEL_ARGS TEST_ROOT_TASK TEST_ROOT_TASK_ARGS TEST_PLATFORM_ALLOW TEST_PLATFORM_DENY \
  TEST_DESCRIPTION TEST_ARGS TEST_CPUS TEST_MEMORY TEST_FORBID NED_CFG REQUIRED_MODULES \
  QEMU_ARGS MOE_ARGS BOOTSTRAP_ARGS SIGMA0
# Misspelt names would be silently without effect.
unknown_test_variables := $(foreach v,$(filter TEST_%,$(.VARIABLES)), \
  $(if $(filter file override,$(origin $v)), \
    $(if $(filter $(test_variables) TEST_GROUP TEST_GROUP_DIR TEST_BIN_DIR TEST_T_DIR TEST_MODE \
      TEST_STARTER TEST_TAP_PLUGINS TEST_EXCLUDE_FILTERS TEST_BUNDLE_MODE \
      $(addsuffix _%,$(test_variables)),$v),,$v)))
ifneq ($(strip $(unknown_test_variables)),)
  $(error $(SRC_REL)/Makefile: unknown variable $(firstword $(unknown_test_variables)). \
          Known: $(test_variables), each also with _NAME of a test)
endif

test_names := $(TARGET) $(EXTRA_TEST)
test_value  = $(strip $(or $($1_$2),$($1)))
define test_lines
[$1]
$(foreach v,$(test_variables),$(if $(call test_value,$v,$1),$v=$(call test_value,$v,$1)$(newline)))
endef
define test_text
SRC_DIR=$(SRC_DIR)
BIN_DIR=$(INSTALLDIR)
T_DIR=$(TEST_T_DIR)
MODE=$(MODE)
BUILD=$(BUILD)
L4DIR=$(L4DIR)
PLATFORM=$(or $(PT),$(PLATFORM_TYPE),pc)
WHERE=$(SRC_REL)/Makefile
$(foreach t,$(test_names),$(call test_lines,$t))
endef

ifneq ($(filter host,$(MODE))$(SYSTEM),)
test_files := $(wildcard $(addprefix $(SRC_DIR)/,$(foreach t,$(test_names), \
                $(call test_value,TEST_EXPECTED,$t) $(call test_value,NED_CFG,$t))))
test_list  := $(if $(filter host,$(MODE)),$(host_obj_dir)/)tests
build-all: $(test_list).written
$(test_list).written: $(USER_MAKEFILE) $(test_files) $(L4DIR)/mk/tools/test_description.py \
                      $(L4DIR)/mk/test.mk
	$(shell mkdir -p $(@D))$(file >$(test_list),$(test_text))
	@$(PYTHON) -B $(L4DIR)/mk/tools/test_description.py $(test_list)
	@touch $@
endif
