# SPDX-License-Identifier: MIT
#
# Boot scripts, checked on this machine before they are booted.

.PHONY: check-conf
check-conf: $(call part_key,lua-host)
	@$(PYTHON) -B mk/tools/check_conf --top $(L4DIR) --build $(BUILD) \
	  --lua $(BUILD)/third-party/lua-host/bin/lua
