# SPDX-License-Identifier: MIT
#
# The one makefile that a user calls. `make help` says what can be made; docs/build.md explains it.
#
# How a build stays fast: this makefile knows for each package the files in its folder and the
# packages that it requires. A package with nothing newer than its stamp is not entered at all.
# Entering one costs a few hundredths of a second; inside, each object knows its own headers.

override L4DIR := $(patsubst %/,%,$(abspath $(dir $(firstword $(MAKEFILE_LIST)))))
BUILD := $(abspath $(or $(O),build))
include mk/environment.mk
include mk/top/goals.mk

ifneq ($(needs_build),)
include mk/top/place.mk
include mk/top/jobs.mk
include mk/top/setup.mk
include mk/top/config.mk
include mk/top/packages.mk
include mk/top/third-party.mk
include mk/top/kernel.mk
include mk/top/boot.mk
include mk/top/check-conf.mk
include mk/top/numbers.mk
include mk/top/doc.mk
-include $(wildcard tests/Makefile.inc)
endif
include mk/top/new-pkg.mk
include mk/top/clean.mk
include mk/top/unknown.mk
