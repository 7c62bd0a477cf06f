"""Two accounts or contacts side by side: what differs, and what would move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from pipeline.activities.models import Activity
from pipeline.opportunities.models import Account, Contact
from pipeline.opportunities.selectors.duplicates import deal_counts
from pipeline.opportunities.selectors.search import matching
from pipeline.opportunities.services.merging import MERGED_FIELDS
from rhythm.people.models import User

FOUND = 20


@dataclass(frozen=True)
class Value:
    """A field of the two. chosen is "one" or "other": what is proposed."""

    name: str
    label: str
    one: str
    other: str
    chosen: str

    @property
    def differs(self) -> bool:
        return self.one != self.other


@dataclass(frozen=True)
class Moving:
    """What hangs on each, as far as the viewer may see it."""

    icon: str
    label: str
    one: int
    other: int


@dataclass(frozen=True)
class Comparison:
    values: list[Value]
    moving: list[Moving]
    # "one" or "other": which is proposed to stay.
    stays: str


def comparison(
    one: Account | Contact, other: Account | Contact, *, viewer: User
) -> Comparison:
    """Return the two side by side. Three queries."""
    moving = _moving(one, other, viewer)
    weights = {
        "one": (bool(one.external_id), sum(each.one for each in moving), -one.pk),
        "other": (
            bool(other.external_id),
            sum(each.other for each in moving),
            -other.pk,
        ),
    }
    stays = max(weights, key=lambda side: weights[side])
    return Comparison(
        [_value(name, one, other, stays) for name in MERGED_FIELDS[type(one)]],
        moving,
        stays,
    )


def _value(name: str, one: Any, other: Any, stays: str) -> Value:
    field = type(one)._meta.get_field(name)
    shown = {"one": _text(one, name), "other": _text(other, name)}
    away = "other" if stays == "one" else "one"
    chosen = stays if shown[stays] else away
    label = str(field.verbose_name).capitalize()
    return Value(name, label, shown["one"], shown["other"], chosen)


def _text(record: Any, name: str) -> str:
    value = getattr(record, name)
    return "" if value is None else str(value)


def _moving(
    one: Account | Contact, other: Account | Contact, viewer: User
) -> list[Moving]:
    is_account = isinstance(one, Account)
    ids = (one.pk, other.pk)
    kind, name = ("accounts", "account") if is_account else ("contacts", "contacts")
    deals = deal_counts(kind, ids, viewer)
    logged = dict(
        Activity.objects.visible_to(viewer)
        .filter(**{f"{name}__in": ids})
        .order_by()
        .values_list(name)
        .annotate(Count("pk", distinct=True))
    )
    rows = [("kanban", _("Deals"), deals), ("activity", _("Activities"), logged)]
    if is_account:
        contacts = Contact.objects.visible_to(viewer).filter(account__in=ids)
        counted = dict(contacts.order_by().values_list("account").annotate(Count("pk")))
        rows.append(("people", _("Contacts"), counted))
    return [
        Moving(icon, label, counts.get(one.pk, 0), counts.get(other.pk, 0))
        for icon, label, counts in rows
    ]


def others_of(
    record: Account | Contact, text: str, *, viewer: User
) -> list[Account | Contact]:
    """Return what `record` may be merged with: what matches the text, by name."""
    if not text.strip():
        return []
    model: Any = type(record)
    relation = "parent" if isinstance(record, Account) else "account"
    found = matching(model.objects.visible_to(viewer), text).exclude(pk=record.pk)
    return list(found.select_related(relation).order_by("name", "pk")[:FOUND])
