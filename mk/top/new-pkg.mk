# SPDX-License-Identifier: MIT
#
# A new package from mk/templates.

.PHONY: new-pkg
new-pkg:
	@$(PYTHON) -B mk/tools/new_pkg.py $(L4DIR) '$(NAME)' '$(KIND)' '$(SERVER)'
