"""The rules' door to translations; they know nothing else of Django."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

__all__ = ["_", "gettext_lazy", "ngettext"]
