# SPDX-License-Identifier: MIT
#
# What a build makes must not depend on what the shell happens to export: these variables of the
# environment do not reach the makes and compilers below. On make's command line they count.
# (unexport defines a variable that is not there; so only those that are.)

build_variables := TARGET MODE SYSTEMS SYSTEM ARCH CPU VARIANT VARIANTS SUBDIRS \
  SRC_C SRC_CC SRC_S SRC_DATA OBJS LIBS EXTRA_LIBS REQUIRES_LIBS REQUIRES_CFLAGS \
  CPPFLAGS CFLAGS CXXFLAGS ASFLAGS LDFLAGS DEFINES OPTS DEBUG DEBUG_OPTS \
  WARNINGS WARNINGS_C WARNINGS_CXX CFLAGS_C99 CXX_STD LDSCRIPT CRT0 CRTN \
  DEFAULT_RELOC PRIVATE_INCDIR PRIVATE_LIBDIR CONTRIB_INCDIR PKGNAME PC_FILENAME PC_LIBS \
  PC_CFLAGS PC_EXTRA PC_LINK_LIBS INSTALLDIR NOTARGETSTOINSTALL \
  CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH

$(foreach v,$(build_variables),$(if $(filter environment,$(origin $v)),$(eval unexport $v)))
