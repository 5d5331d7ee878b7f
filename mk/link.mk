# SPDX-License-Identifier: MIT
#
# What linking programs (prog.mk) and shared libraries (lib.mk) have in common.

# $(call pc_libs,T): libraries of all that T requires; in shared objects those of libNAME.so differ
# where the archive is in several parts (PC_LIBS_SHARED)
pc_libs    = $(foreach n,$(PC_LIST_$1),$(if $(links_shared),$(or $(PC_SO_LIBS_$n),$(PC_LIBS_$n)), \
               $(PC_LIBS_$n)))
links_shared = $(filter shared,$(MODE))$(filter lib,$(ROLE))
raw_libs   = $(call pick,LIBS,$1) $(call pick,EXTRA_LIBS,$1)
lib_paths  = $(addprefix -L,$(call in_src,$(PRIVATE_LIBDIR))) -L$(LIB_DIR) \
             $(if $(filter std,$(VARIANT)),,-L$(subst /$(VARIANT)/,/std/,$(LIB_DIR)))
# LDFLAGS are understood both as the linker's own and as the compiler's -Wl, form.
ld_flags   = $(subst $(comma), ,$(patsubst -Wl$(comma)%,%,$(call pick,LDFLAGS,$1)))
