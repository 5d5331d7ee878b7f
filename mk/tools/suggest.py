# SPDX-License-Identifier: MIT
"""The "did you mean" part of an error message."""
import difflib


def did_you_mean(word, known, limit=3):
    """A sentence (with leading blank) naming the known words that look like `word`, or ''."""
    lower = {k.lower(): k for k in known}
    near = difflib.get_close_matches(word.lower(), lower, n=limit, cutoff=0.6)
    near += [k for k in lower if k not in near and len(word) > 2
             and (k.startswith(word.lower()) or word.lower() in k)][:limit - len(near)]
    if not near:
        return ""
    names = [f"'{lower[k]}'" for k in near]
    return f" Did you mean {' or '.join(names)}?"
