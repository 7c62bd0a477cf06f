"""Telling the later of two editors what the other one changed."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils import dateformat
from django.utils.translation import gettext as _


def differences(form: BaseForm, current: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, theirs, yours) for each field of a valid `form` that differs.

    current holds the values as they are now, by field name.
    """
    found = []
    for name, now in current.items():
        yours = form.cleaned_data.get(name)
        theirs = list(now) if isinstance(now, tuple) else now
        if (theirs or None) != (yours or None):
            label = str(form[name].label)
            found.append((label, _shown(form, name, theirs), _shown(form, name, yours)))
    return found


def beside_theirs(
    form: BaseForm, current: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Return the `differences`, and let the form be sent again over what is there.

    current holds the values as they are now, by field name, and their `version`.
    """
    values = {**current}
    version = values.pop("version")
    changes = differences(form, values)
    with_version(form, version)
    return changes


def with_version(form: BaseForm, version: int) -> None:
    """Let a refused form carry the version that is current. What was typed stays."""
    assert isinstance(form.data, QueryDict)
    data = form.data.copy()
    data[form.add_prefix("version")] = str(version)
    form.data = data


def _shown(form: BaseForm, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return dateformat.format(value, "j M Y")
    if isinstance(value, time):
        return dateformat.time_format(value, "H:i")
    if isinstance(value, list):
        return ", ".join(_shown(form, name, each) for each in value)
    choices = getattr(form.fields[name], "choices", None)
    if choices and not hasattr(form.fields[name], "queryset"):
        return str(dict(choices).get(value, value or ""))
    return "" if value is None else str(value)
