"""What every page's shell shows: wiring, since it reads from many apps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the values that `base.html` needs."""
    return {"is_demo": settings.DEMO}
