"""Forms that carry the version of what they showed."""

from __future__ import annotations

from django.forms import BaseForm
from django.http import QueryDict


def carry_version(form: BaseForm, version: int) -> None:
    """Let a refused form carry `version` next time. What was typed stays."""
    assert isinstance(form.data, QueryDict)
    data = form.data.copy()
    data[form.add_prefix("version")] = str(version)
    form.data = data
