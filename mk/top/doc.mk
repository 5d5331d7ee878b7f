# SPDX-License-Identifier: MIT
#
# The API as HTML pages, from the headers of l4re and what packages name in doc/files.cfg. A warning
# of Doxygen about these is an error.

.PHONY: doc
doc: packages
	@$(PYTHON) -B mk/tools/doxygen.py $(L4DIR) $(BUILD)
