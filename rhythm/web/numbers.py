"""Numbers that people send: in an address, in a form's hidden field."""

from __future__ import annotations

# What a key of the database holds at most.
LARGEST = 2**63 - 1
# Its digits: what is longer is no number of ours, and slow to read.
MOST_DIGITS = 19


def whole_number(text: object) -> int | None:
    """Return the number that `text` writes in plain digits, None for anything else.

    Never raises, whatever was sent, and never returns more than a key can be.
    """
    digits = str(text or "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        return None
    number = int(digits)
    return number if number <= LARGEST else None
