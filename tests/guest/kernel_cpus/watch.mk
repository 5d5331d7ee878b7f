# SPDX-License-Identifier: MIT
# Builds the plugin for this machine's QEMU and runs the test: make -f watch.mk O=build CPUS=4
HERE := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
TOP  := $(abspath $(HERE)/../../..)
O    ?= $(TOP)/build
override O := $(abspath $(O))
CPUS ?= 4

HOST_CXX ?= g++
PYTHON   ?= /usr/bin/python3
QEMU     ?= qemu-system-x86_64
PLUGIN   := $(O)/tests/kernel_cpus/watch.so
SHARED   := $(TOP)/tests/bench/plugin
sources  := $(HERE)/watch.cc $(SHARED)/decode.cc

.PHONY: run
run: $(PLUGIN)
	@$(PYTHON) -B $(HERE)/watch.py --build $(O) --qemu $(QEMU) --cpus $(CPUS)

$(PLUGIN): $(sources) $(wildcard $(SHARED)/*.h)
	@mkdir -p $(@D)
	@$(HOST_CXX) -std=c++20 -O2 -Wall -Wextra -fPIC -shared -fvisibility=hidden -I$(SHARED) -o $@.$$$$ $(sources) && mv $@.$$$$ $@
