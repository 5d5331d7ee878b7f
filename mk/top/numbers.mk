# SPDX-License-Identifier: MIT
#
# Sizes and counts of what was built.

numbers := $(PYTHON) -B $(L4DIR)/mk/tools/numbers --top $(L4DIR) --build $(BUILD)

.PHONY: numbers kernel-size

# docs/numbers.md; with instruction counts if `make bench` was run in this build directory.
numbers: kernel
	@$(numbers) write

kernel-size: kernel
	@$(numbers) kernel-size
