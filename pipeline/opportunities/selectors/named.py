"""Whom and what a question names, in words, and what has become of it since.

A saved view is asked for years: by then people have left, and stages are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account
from pipeline.opportunities.quarters import quarter_from
from pipeline.opportunities.selectors.filters import NO_DAY
from pipeline.opportunities.selectors.questions import Question
from pipeline.process.models import Process, Stage
from rhythm.people.models import Team, User

# The filters that name a record, and what is named.
RECORDS = ("rep", "team", "above", "manager", "account", "stage", "process")


@dataclass(frozen=True)
class Chip:
    """One thing that the table is narrowed to, and the address without it."""

    name: str
    label: str
    text: str
    without: str
    # What has become of it, as a sentence; empty when all is as it was.
    note: str = ""


@dataclass(frozen=True)
class Named:
    """A record of a filter, as far as it is there."""

    name: str
    is_current: bool
    is_visible: bool


def labels() -> dict[str, str]:
    return {
        "rep": _("Rep"),
        "team": _("Team"),
        "above": _("Team above"),
        "manager": _("Manager"),
        "account": _("Account"),
        "stage": _("Stage"),
        "process": _("Process"),
        "quarter": _("Quarter"),
    }


def names_in(viewer: User, question: Question) -> dict[str, Named]:
    """Return the records that the filters name and that are there. At most one query.

    Names of people, teams, stages and accounts are open to everybody signed in.
    """
    asked = [
        _asked(viewer, name, key)
        for name in RECORDS
        if (key := getattr(question.filters, name))
    ]
    if not asked:
        return {}
    rows = asked[0].union(*asked[1:], all=True).order_by()
    return {kind: Named(*rest) for kind, *rest in rows}


def _asked(viewer: User, name: str, key: int) -> QuerySet[Any, Any]:
    yes = Value(True, BooleanField())
    is_current: Any = yes
    is_visible: Any = yes
    found: QuerySet[Any, Any]
    if name in ("rep", "manager"):
        found = User.objects.get_queryset().filter(pk=key)
        is_current = F("is_active")
        if name == "rep":
            seen = User.objects.visible_to(viewer).filter(pk=OuterRef("pk"))
            is_visible = Exists(seen)
    elif name == "process":
        found = Process.objects.visible_to(viewer).filter(pk=key)
        is_current = Q(archived_at=None)
    elif name == "account":
        found = Account.objects.visible_to(viewer).now_of(key)
    else:
        models: dict[str, Any] = {"team": Team, "above": Team, "stage": Stage}
        found = models[name].objects.visible_to(viewer).filter(pk=key)
    return (
        found.order_by()
        .annotate(asked_as=Value(name), current=is_current, seen=is_visible)
        .values_list("asked_as", "name", "current", "seen")
    )


def chips_of(
    viewer: User, question: Question, *, was: Mapping[str, str], in_form: set[int]
) -> list[Chip]:
    """Return what narrows the table and does not stand in the form of filters.

    was has names as they were when the view was saved, by filter. in_form are the
    people whom the form offers.
    """
    named = names_in(viewer, question)
    chips = []
    for name, label in labels().items():
        value = getattr(question.filters, name)
        if value in (None, "") or (name == "rep" and value in in_form):
            continue
        text, note = _told(name, value, named.get(name), was, viewer)
        chips.append(Chip(name, label, text, question.address(**{name: ""}), note))
    return chips


def _told(
    name: str, value: Any, found: Named | None, was: Mapping[str, str], viewer: User
) -> tuple[str, str]:
    """Return the value in words, and what has become of it."""
    if name == "quarter":
        if quarter := quarter_from(value):
            return quarter.name(viewer.organisation.fiscal_year_month), ""
        return _("No close date") if value == NO_DAY else "", ""
    if not value:
        return _("none"), ""
    if found is None:
        known = was.get(name, "")
        text = known or _("no longer there")
        return text, _("%(name)s is no longer there, so no deal can match.") % {
            "name": f"“{known}”" if known else labels()[name]
        }
    if not found.is_visible:
        note = _("The deals of %(name)s are not yours to see.")
    elif not found.is_current and name == "process":
        note = _("%(name)s is archived.")
    elif not found.is_current:
        note = _("%(name)s is deactivated.")
    else:
        return found.name, ""
    return found.name, note % {"name": found.name}
