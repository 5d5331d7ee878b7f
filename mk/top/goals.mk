# SPDX-License-Identifier: MIT
#
# Goals of the top makefile, basic settings, and the help text.

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += -rR --no-print-directory
SHELL := /bin/sh
PYTHON := $(firstword $(wildcard /usr/bin/python3) python3)
STAMPS := $(BUILD)/stamp
ARCH_CPU := amd64_gen

V ?= 0
Q := $(if $(filter 0,$(V)),@)

# Goals that work without tools and without looking at packages.
simple_goals := help new-pkg clean cleanall mrproper
needs_build := $(or $(S),$(filter-out $(simple_goals),$(MAKECMDGOALS)),$(if $(MAKECMDGOALS),,all))

# $(call same,A,B): "y" if two strings are equal
same = $(if $(and $(findstring <$(strip $1)>,<$(strip $2)>), \
         $(findstring <$(strip $2)>,<$(strip $1)>)),y)

.PHONY: all help FORCE
FORCE:

all: $(if $(S),selected-packages,kernel packages compile_commands.json)
	@:

define help_text
Furore: what make can do here (details: docs/build.md)

  make                     builds everything into build/
  make qemu E=hello        builds, then boots the entry `hello` of modules.lst in QEMU
  make qemu E=hello KERNEL=debug   the same with the debug kernel; Esc enters its debugger
  make qemu                the same, with a menu of the entries
  make debug E=hello       boots it with gdb attached, stopped before the first instruction
  make listentries         lists the entries of modules.lst and what they show
  make qemu E=hello CPUS=4 MEMORY=1G GRAPHICS=y    on another machine
  make elfimage E=hello    loader and all modules in one file; efiimage: for UEFI; rawimage, uimage
  make grub2iso E=hello    makes a bootable ISO image, build/images/hello.iso

  make new-pkg NAME=foo KIND=server   writes a package to begin with (server, client, lib, test)
  make pkg/hello           builds one package and what it requires
  make S=pkg/a:pkg/b       builds only these packages
  make packages            builds all packages; make kernel: only the kernel
  make listpackages        lists the packages, what they provide and require

  make test                runs all tests        make test T=pattern   some of them
  make check               the quick ones (under a minute)
  make test-fresh          from an empty Debian to Hello World (needs root, debootstrap)
  make bench               counts instructions of operations and of the start
  make bench BASE=HEAD~5   the same beside another revision; WRITE=y updates docs/performance.md
  make kernel-size         the kernel's source lines and size
  make numbers             writes sizes and counts into docs/numbers.md

  make doc                 the API as HTML pages: build/doc/api/index.html
  make menuconfig          options of the tree and of packages (Kconfig.L4); make defconfig: their defaults
  make check-conf          runs all boot scripts against a model of ned: mistakes before booting

  make setup               installs missing tools (done by the other goals as needed)
  make fetch               fetches third-party sources for building off line
  make clean               removes what was built, keeps third-party results
  make cleanall            removes the build directory

Variables: V=1 shows commands; O=dir builds elsewhere; -jN sets the number of jobs;
  MODULES_LIST=file takes another module list; QEMU_OPTIONS=... QEMU_PATH=... see Makeconf.boot;
  MIRROR=url or THIRD_PARTY_FILES=dir say where third-party files come from;
  SETUP=no never installs anything, it only says what is missing.

In a package folder plain `make` builds that package and what it requires.
endef

help:
	$(info $(help_text))
	@:
