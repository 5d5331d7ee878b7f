# SPDX-License-Identifier: MIT
#
# What nobody has a rule for: a misspelt goal, most of the time.

export help_text
.DEFAULT:
	@$(PYTHON) -B mk/tools/unknown_goal.py '$@' "$$help_text" \
	  "$$($(boot) list 2>/dev/null | sed -n 's/^ \([^ ]*\).*/\1/p')" '$(PACKAGES)'
