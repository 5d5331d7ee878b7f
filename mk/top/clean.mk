# SPDX-License-Identifier: MIT
#
# Removing what was built. Only a directory that this build made is ever removed.

.PHONY: clean cleanall mrproper
ifeq ($(S),)
clean:
	@if test -d $(BUILD)/stamp; then cd $(BUILD) && \
	  rm -rf bin lib include pc pkg .config.all kernel images boot test stamp packages.mk tools.mk tools.mk.id \
	    compile_commands.json; fi
else
clean: selected-packages
endif

cleanall mrproper:
	@if test -d $(BUILD) && ! test -d $(BUILD)/stamp && test -n "$$(ls -A $(BUILD))"; then \
	  echo "$(BUILD) is not a build directory of this tree; not removed." >&2; exit 1; fi
	@rm -rf $(BUILD)
