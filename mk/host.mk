# SPDX-License-Identifier: MIT
#
# MODE = host for prog.mk and lib.mk: programs and static libraries of the machine that builds, in
# build/bin/host and build/lib/host. They see the headers that are installed (l4/...) behind those
# of the machine; REQUIRES_LIBS has no meaning here, LIBS names libraries: LIBS = -lmine -lpthread.

HOST_CC  ?= $(CC)
HOST_CXX ?= $(CXX)
BIN_DIR  := $(BUILD)/bin/host
LIB_DIR  := $(BUILD)/lib/host
host_obj_dir := $(OBJ_ROOT)/OBJ-host
targets  := $(if $(missing_tools),,$(strip $(TARGET) $(TARGET_host)))

ifneq ($(strip $(REQUIRES_LIBS)),)
  $(error $(SRC_REL)/Makefile: REQUIRES_LIBS names libraries of the system, which a program with \
          MODE = host cannot use. Name libraries of this machine in LIBS: LIBS = -lNAME)
endif

host_srcs  = $(foreach v,$1 $1_host $1_$2,$($(v)) $($(v)-y))
all_srcs   = $(sort $(foreach t,$(targets),$(call host_srcs,$1,$t)))
host_obj   = $(host_obj_dir)/$(subst ../,__/,$(addsuffix .o,$(basename $1)))
host_objs  = $(foreach s,$(foreach k,SRC_C SRC_CC,$(call host_srcs,$k,$1)),$(call host_obj,$s))
host_paths = $(foreach d,$1,$(if $(filter /%,$d),$d,$(SRC_DIR)/$d))
host_flags = $(or $(OPTS),-O2) -g -Wall -Wextra -Wno-unused-parameter $(DEFINES) $(CPPFLAGS) \
             $(CPPFLAGS_$1) -I$(SRC_DIR) $(addprefix -I,$(call host_paths,$(PRIVATE_INCDIR))) \
             -idirafter $(INC_DIR)/$(ARCH)/l4f -idirafter $(INC_DIR)/$(ARCH) -idirafter $(INC_DIR)
host_tool_SRC_C   = $(HOST_CC) $(or $(CFLAGS_C99),-std=gnu11) $(CFLAGS) $(CFLAGS_$1)
host_tool_SRC_CC  = $(HOST_CXX) $(or $(CXX_STD),-std=gnu++20) $(CXXFLAGS) $(CXXFLAGS_$1)
host_objects     := $(foreach t,$(targets),$(host_objs))
-include $(wildcard $(host_objects:.o=.d) $(host_objects:=.cmd))

# $(call host_compile,KIND,SOURCE)
define host_compile
FLAGS_$(call host_obj,$2) := $$(strip $$(call host_tool_$1,$2) $$(call host_flags,$2))
$(call host_obj,$2): $(SRC_DIR)/$2 $$(call if_changed,$(call host_obj,$2),$$(FLAGS_$(call host_obj,$2)))
	$$(shell mkdir -p $$(@D))
	$$(call show,HOSTCC,$(SRC_REL)/$2)
	$$(call note_cmd,$$@,$$(FLAGS_$$@))
	$$(file >>$$@.cmd.new,# source $(SRC_DIR)/$2)
	$$(Q)$$(CCACHE) $$(FLAGS_$$@) -MMD -MP -c $$< -o $$@ && $$(call keep_cmd,$$@)
endef
$(foreach k,SRC_C SRC_CC,$(foreach s,$(call all_srcs,$k),$(eval $(call host_compile,$k,$s))))

host_place = $(if $(filter lib,$(ROLE)),$(LIB_DIR),$(or $(INSTALLDIR),$(BIN_DIR)))
define host_link
build-all: $(host_place)/$1
$(host_place)/$1: $(host_objs) $(wildcard $(LIB_DIR)/*.a)
	@mkdir -p $$(@D)
	$$(call show,$(if $(filter lib,$(ROLE)),HOSTAR,HOSTLD),$(SRC_REL)/$1)
	$$(Q)$(if $(filter lib,$(ROLE)),rm -f $$@ && $(AR) rcsD $$@ $(host_objs), \
	  $(HOST_CXX) -o $$@ $(host_objs) $(LDFLAGS) -L$(LIB_DIR) $(LIBS) $(LIBS_$1) $(EXTRA_LIBS))
endef
$(foreach t,$(targets),$(eval $(call host_link,$t)))

build-all:
	@:

clean cleanall:
	@rm -rf $(host_obj_dir)
