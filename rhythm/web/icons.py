"""Which icons there are. Add a name to static/icons/icons.txt and run bin/icons."""

from __future__ import annotations

import warnings
from functools import cache

from django.conf import settings


class UnknownIcon(UserWarning):
    """A template names an icon that the sprite does not have. Tests fail on it."""


@cache
def names() -> frozenset[str]:
    """Return the names in the sprite."""
    path = settings.BASE_DIR / "static" / "icons" / "icons.txt"
    return frozenset(path.read_text().split())


def check(name: str) -> None:
    """Warn when there is no icon called `name`: a page is worth more than its icon."""
    if name not in names():
        warnings.warn(f"There is no icon {name!r}.", UnknownIcon, stacklevel=3)
