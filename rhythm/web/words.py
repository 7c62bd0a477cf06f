"""The rules' door to translations; they know nothing else of Django."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

__all__ = ["_", "gettext_lazy", "in_words", "ngettext"]


def in_words(day: date) -> str:
    """Return "9 Oct 2026"."""
    return date_format(day, "j M Y")
