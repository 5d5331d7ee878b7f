# SPDX-License-Identifier: MIT
#
# Sizes and counts of what was built.

numbers := $(PYTHON) -B $(L4DIR)/mk/tools/numbers --top $(L4DIR) --build $(BUILD)

.PHONY: numbers kernel-size

numbers: kernel
	@$(numbers) write

kernel-size: kernel
	@$(numbers) kernel-size
