# SPDX-License-Identifier: MIT
#
# From sources to objects, for prog.mk and lib.mk; read in the object directory.
#
# In:  TARGET, SRC_C SRC_CC SRC_S SRC_DATA, flags, REQUIRES_LIBS, MODE, SYSTEM
# Out: $(call target_objs,T) (objects of a target), the rules for them, PC_LIST_dir

LIB_DIR := $(BUILD)/lib/$(ARCH_CPU)/$(VARIANT)/$(patsubst $(ARCH)-%,%,$(SYSTEM))
BIN_DIR := $(BUILD)/bin/$(ARCH_CPU)/$(patsubst $(ARCH)-%,%,$(SYSTEM))
# Programs of a variant stand in a folder of its own, and as NAME.VARIANT beside the others.
OWN_BIN_DIR := $(if $(filter std,$(VARIANT)),$(BIN_DIR),$(subst /$(ARCH_CPU)/,/$(ARCH_CPU)/$(VARIANT)/,$(BIN_DIR)))
-include $(wildcard $(BUILD)/packages.mk)

# --- which packages this directory uses -----------------------------------------------------------
targets       := $(strip $(TARGET) $(TARGET_$(ARCH)) $(TARGET_$(SYSTEM)))
implicit_libs :=
ifneq ($(filter static-prog-$(ARCH)-l4f shared-prog-$(ARCH)-l4f,$(MODE)-$(ROLE)-$(SYSTEM)),)
  implicit_libs := libc
endif
# $(call libs_of,T): pc names a target is linked with
libs_of  = $(call uniq,$(call pick,REQUIRES_LIBS,$1) $(implicit_libs) $(call so_libs,$1))
# Shared libraries are linked with libc.so, but for those that are below it.
so_libs  = $(if $(filter %.so,$1),$(filter-out $(PC_FILENAME), \
             $(if $(PKG_REACH_$(PKG)),$(filter libc,$(PKG_REACH_$(PKG))),libc)))
dir_libs := $(call uniq,$(foreach t,$(or $(targets),.),$(call libs_of,$t)) $(REQUIRES_CFLAGS))

# A directory with DEPENDS_PKGS (or PKG_OPTIONAL=y: REQUIRES_LIBS) is skipped when one is missing.
optional_libs := $(DEPENDS_PKGS) $(if $(filter y,$(PKG_OPTIONAL)),$(dir_libs))
missing_libs  := $(foreach n,$(call pc_expand,$(optional_libs)), \
                   $(if $(wildcard $(PC_DIR)/mk/$n.mk),,$n))
ifneq ($(missing_libs),)
  ifneq ($(BID_FAIL_ON_MISSING),)
    ignore := $(call pc_missing,$(firstword $(missing_libs)))
  endif
  $(info $(space) SKIP    $(SRC_REL) (needs $(strip $(missing_libs)), which is not built))
  targets  :=
  dir_libs :=
endif
ignore := $(call pc_check_reach,$(dir_libs))
ignore := $(call pc_walk,dir,$(dir_libs))

# --- flags ----------------------------------------------------------------------------------------
# The host's compiler is made to forget which system it was built for.
TARGET_FLAGS := -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix \
                -U_FORTIFY_SOURCE -U_GNU_SOURCE
# Objects of libraries serve static and shared programs alike: what position independence costs, the
# linker takes out again in static ones.
ifeq ($(ROLE),lib)
  TARGET_FLAGS += -fPIC -fno-semantic-interposition
else
  TARGET_FLAGS += -fno-pic -fno-pie
endif
CODE_FLAGS   := -fno-strict-aliasing -ffunction-sections -fdata-sections -fcf-protection=none \
                -fno-stack-protector
# Nothing of a standard library may be assumed by programs without libc and by what they may use.
ifneq ($(filter sigma0,$(MODE))$(filter %-plain,$(SYSTEM)),)
  CODE_FLAGS += -ffreestanding -fno-asynchronous-unwind-tables
else ifeq ($(filter libc,$(PC_LIST_dir)),)
  CODE_FLAGS += -ffreestanding
endif
# Exceptions and RTTI need the run-time support of libstdc++: they are there for who requires it.
ifeq ($(call pc_var,dir,cxx_include),)
  CXX_SUPPORT := -fno-exceptions -fno-rtti -fno-threadsafe-statics
endif

-include $(wildcard $(L4DIR)/mk/variants/$(VARIANT).inc)

OPTS     ?= $(if $(CONFIG_OPTIMISE_SIZE),-Os,-O2)
OPTS_DEBUG ?= -g
DEBUG_OPTS ?= $(OPTS_DEBUG)
WARNINGS_MINIMAL ?= -Wreturn-type -Wuninitialized -Wformat
WARNINGS_MEDIUM  ?= -Wall
WARNINGS_FULL    ?= -Wall -Wextra -Wno-unused-parameter
WARNINGS ?= $(WARNINGS_FULL)
WARNINGS_C   ?= -Wstrict-prototypes -Wmissing-prototypes
WARNINGS_CXX ?=
CFLAGS_C99 ?= -std=gnu11
CXX_STD    ?= -std=gnu++20

L4_DEFINES := -DSYSTEM_$(subst -,_,$(SYSTEM)) -DARCH_$(ARCH) -DCPUTYPE_$(CPU) \
              -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 \
              $(if $(filter %-l4f,$(SYSTEM)),-DL4API_l4f) \
              $(if $(filter lib,$(MODE)),-DL4SYS_USE_UTCB_WRAP=1) \
              $(if $(or $(filter n,$(DEBUG)),$(CONFIG_NDEBUG)),-DNDEBUG) \
              $(patsubst %,-include %,$(wildcard $(INC_DIR)/l4/bid_config.h))

in_src    = $(foreach d,$1,$(if $(filter /%,$d),$d,$(SRC_DIR)/$d))
# $(call of_targets,VAR): values for the folder and for each of its targets
of_targets = $(call uniq,$(foreach t,$(or $(targets),.),$(call pick,$1,$t)))
own_incs := -I. $(addprefix -I,$(call in_src,$(call of_targets,PRIVATE_INCDIR))) \
            $(addprefix -I$(INC_DIR)/contrib/,$(call of_targets,CONTRIB_INCDIR)) \
            -I$(INC_DIR)/$(ARCH)/l4f -I$(INC_DIR)/$(ARCH) -I$(INC_DIR)
pc_cflags := $(call uniq,$(foreach n,$(PC_LIST_dir),$(PC_CFLAGS_$n)))

# C++ headers stand before C's. Until a package brings a whole libstdc++ (a pc file with the
# variable cxx_include), programs use the freestanding part of the compiler's own.
cxx_incs  := $(call pc_var,dir,cxx_include)
ifeq ($(cxx_incs),)
  cxx_incs := -isystem $(L4DIR)/mk/overlay/c++ $(addprefix -isystem ,$(HOST_CXX_INCDIRS))
else
  cxx_incs := $(addprefix -isystem ,$(subst :, ,$(cxx_incs)))
endif
std_incs  := -isystem $(GCC_INCDIR)

common_flags = $(TARGET_FLAGS) $(OPTS) $(DEBUG_OPTS) $(CODE_FLAGS) $(WARNINGS) $(L4_DEFINES) \
               $(call file_flags,DEFINES,$1) $(own_incs)
# $(call file_flags,VAR,SOURCE): VAR for this source and for the targets that it belongs to
file_flags = $(call pick,$1,$2) $(foreach t,$(targets),$(if $(filter $2,$(call target_srcs,$t)), \
               $($1_$t) $($1_$t-y)))

flags_C  = $(CFLAGS_C99) $(common_flags) $(WARNINGS_C) $(call file_flags,CPPFLAGS,$1) \
           $(call file_flags,CFLAGS,$1) $(pc_cflags) -nostdinc $(std_incs)
flags_CC = $(CXX_STD) -nostdinc -nostdinc++ $(cxx_incs) $(common_flags) $(WARNINGS_CXX) \
           $(CXX_SUPPORT) $(call file_flags,CPPFLAGS,$1) $(call file_flags,CXXFLAGS,$1) \
           $(pc_cflags) $(std_incs)
flags_S  = $(common_flags) -D__ASSEMBLY__ $(call file_flags,CPPFLAGS,$1) \
           $(call file_flags,ASFLAGS,$1) $(pc_cflags) -nostdinc $(std_incs)

# --- sources and objects --------------------------------------------------------------------------
srcs_of     = $(call pick,$1,$2)
target_srcs = $(foreach k,SRC_C SRC_CC SRC_S,$(call srcs_of,$k,$1))
# foo/bar.cc -> foo/bar.o; ../x.c -> __/x.o; $(SRC_DIR)/x.c -> x.o
obj_name    = $(subst ../,__/,$(addsuffix .o,$(basename $(patsubst $(SRC_DIR)/%,%,$1))))
data_obj    = $(subst ../,__/,$(addsuffix .data.o,$(patsubst $(SRC_DIR)/%,%,$1)))
target_objs = $(call obj_name,$(call target_srcs,$1)) $(call data_obj,$(call srcs_of,SRC_DATA,$1)) \
              $(call pick,OBJS,$1)

# Languages without a compiler here.
other_srcs := $(strip $(foreach k,SRC_F SRC_ADA,$(foreach t,$(or $(targets),.),$(call srcs_of,$k,$t))))
ifneq ($(other_srcs),)
  $(error $(SRC_REL)/Makefile: $(firstword $(other_srcs)): sources in Fortran and Ada (SRC_F, SRC_ADA) \
          cannot be compiled for this system; C, C++ and assembler can)
endif

all_of      = $(sort $(foreach t,$(targets),$(call srcs_of,$1,$t)))
src_c      := $(call all_of,SRC_C)
src_cc     := $(call all_of,SRC_CC)
src_s      := $(call all_of,SRC_S)
src_data   := $(call all_of,SRC_DATA)
all_objs   := $(call obj_name,$(src_c) $(src_cc) $(src_s)) $(call data_obj,$(src_data))

vpath_dirs := $(SRC_DIR) $(call in_src,$(VPATH_SRC_BASE))
vpath %.c   $(vpath_dirs)
vpath %.cc  $(vpath_dirs)
vpath %.cpp $(vpath_dirs)
vpath %.S   $(vpath_dirs)
vpath %.s   $(vpath_dirs)

-include $(wildcard $(all_objs:=.cmd) $(all_objs:.o=.d))

obj_dirs := $(sort $(filter-out ./,$(dir $(all_objs))))
$(obj_dirs):
	@mkdir -p $@

tool_C  := $(CC)
tool_CC := $(CXX)
tool_S  := $(CC)
word_C  := CC
word_CC := CXX
word_S  := AS

# $(call compile_rule,KIND,SOURCE,OBJECT)
define compile_rule
FLAGS_$3 := $$(strip $$(tool_$1) $$(call flags_$1,$2))
$3: $2 $$(call if_changed,$3,$(GCC_VERSION) $$(FLAGS_$3)) | $(filter-out ./,$(dir $3))
	$$(call show,$(word_$1),$(SRC_REL)/$(patsubst $(SRC_DIR)/%,%,$2))
	$$(call note_cmd,$$@,$(GCC_VERSION) $$(FLAGS_$3))
	$$(file >>$$@.cmd.new,# source $$(abspath $$<))
	$$(Q)$$(CCACHE) $$(FLAGS_$3) -MD -MP -MF $(3:.o=.d) -c $$< -o $$@ && \
	  $$(call keep_cmd,$$@) \
	  $$(call or_explain,compile,$$(PC_LIST_dir),$$(FLAGS_$3) -E -H $$< -o /dev/null)
endef
$(foreach s,$(src_c),$(eval $(call compile_rule,C,$s,$(call obj_name,$s))))
$(foreach s,$(src_cc),$(eval $(call compile_rule,CC,$s,$(call obj_name,$s))))
$(foreach s,$(src_s),$(eval $(call compile_rule,S,$s,$(call obj_name,$s))))

# Data files become 8-byte aligned read-only data between _binary_NAME_start and _binary_NAME_end.
data_dirs = . $(SRC_DIR) $(call in_src,$(SRC_DATA_VPATH))
data_file = $(firstword $(wildcard $(addsuffix /$1,$(data_dirs))) $1)
data_sym  = _binary_$(subst /,_,$(subst .,_,$(subst -,_,$(patsubst $(SRC_DIR)/%,%,$1))))
define data_rule
$2: $(call data_file,$1) | $(filter-out ./,$(dir $2))
	$$(call show,DATA,$(SRC_REL)/$1)
	$$(Q)printf '%s\n' '.section .rodata.$3, "a"' '.balign 8' '.globl $3_start' '$3_start:' \
	  '.incbin "$$(abspath $$<)"' '.globl $3_end' '$3_end:' '.byte 0' \
	  '.globl $3_size' '.set $3_size, $3_end - $3_start' \
	  '.section .note.GNU-stack, "", @progbits' | $$(CC) -x assembler -c - -o $$@
endef
$(foreach s,$(src_data),$(eval $(call data_rule,$s,$(call data_obj,$s),$(call data_sym,$s))))

# A source that is neither there nor made by a rule of the Makefile.
define no_source
	@echo "$(SRC_REL)/Makefile: the source file '$@' does not exist in $(SRC_REL)" \
	      "and no rule makes it. Correct the SRC_ variable that names it." >&2; exit 1
endef
%.c:
	$(no_source)
%.cc:
	$(no_source)
%.cpp:
	$(no_source)
%.S:
	$(no_source)
