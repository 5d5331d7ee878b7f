# SPDX-License-Identifier: MIT
#
# Builds one GoogleTest program with AddressSanitizer and UBSan. A folder tests/host/NAME holds a
# test.toml (kind = "host"), *_test.cc, and a Makefile:
#
#     SRC = kernel/src/mem/buddy.cc        # what is tested (.cc, .c), relative to the top
#     INC = kernel/src kernel/src/arch/host
#     DEF = NAME=VALUE                     # optional
#     OPTIMIZE = -O1                       # optional, for tests that compute a lot
#     CXXFLAGS = ...                       # optional, added at the end
#     include ../host.mk
#
# The program lands in O/tests/host/NAME/test. HOST_CXX may be clang++.

HERE := $(abspath $(dir $(firstword $(MAKEFILE_LIST))))
TOP  := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
O    ?= $(TOP)/build
DIR  := $(abspath $(O))/tests/host/$(notdir $(HERE))

HOST_CXX ?= g++
HOST_CC  ?= gcc
CCACHE   ?= $(shell command -v ccache 2>/dev/null)
# Compiling costs more time than running, except for tests that do very much: these say -O1.
OPTIMIZE ?= -O0
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=undefined

flags := -std=c++20 $(OPTIMIZE) -g1 -Wall -Wextra -Werror -fno-omit-frame-pointer $(SANITIZE) \
         $(INC:%=-I$(TOP)/%) -I$(HERE) $(DEF:%=-D%) $(CXXFLAGS)

tests   := $(notdir $(wildcard $(HERE)/*_test.cc))
objects := $(tests:%.cc=$(DIR)/own/%.o) $(patsubst %,$(DIR)/src/%.o,$(basename $(SRC)))

$(DIR)/test: $(objects) $(HERE)/Makefile
	$(HOST_CXX) $(SANITIZE) -o $@ $(objects) -lgtest_main -lgtest -lpthread

$(DIR)/own/%.o: $(HERE)/%.cc $(HERE)/Makefile $(TOP)/tests/host/host.mk
	@mkdir -p $(@D)
	$(CCACHE) $(HOST_CXX) $(flags) -MMD -MP -c -o $@ $<

$(DIR)/src/%.o: $(TOP)/%.c $(HERE)/Makefile $(TOP)/tests/host/host.mk
	@mkdir -p $(@D)
	$(CCACHE) $(HOST_CC) $(subst -std=c++20,-std=gnu11,$(flags)) -MMD -MP -c -o $@ $<

$(DIR)/src/%.o: $(TOP)/%.cc $(HERE)/Makefile $(TOP)/tests/host/host.mk
	@mkdir -p $(@D)
	$(CCACHE) $(HOST_CXX) $(flags) -MMD -MP -c -o $@ $<

ifeq ($(tests),)
$(error $(HERE) holds no *_test.cc: there is nothing to run)
endif

-include $(objects:.o=.d)
