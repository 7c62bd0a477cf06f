"""Signs that nobody sees and that turn round the text beside them.

In a title they turn what follows it, on pages and in the subjects of mails. Letters
that run from right to left need none of them.
"""

from __future__ import annotations

import re

# Embeddings, overrides and isolates of Unicode, for a class of letters.
TURNING = "\\u202a-\\u202e\\u2066-\\u2069"
TURNS = re.compile(f"[{TURNING}]")
