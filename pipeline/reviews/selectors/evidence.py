"""What shows that a deal is where it stands: its milestones and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from pipeline.opportunities.selectors.missing import (
    Gates,
    Shown,
    binding_words,
)
from pipeline.process.gates import missing as lacking
from pipeline.process.models import MilestoneKind, Stage
from pipeline.reviews.selectors.around import ItemWithDeal
from rhythm.people.models import User
from rhythm.web import formats


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone of the present stage and what shows it."""

    pk: int | None
    title: str
    is_met: bool
    is_customers: bool
    importance: str
    note: str
    is_missing: bool
    # From when on it binds this deal; "" where it does.
    binds: str


@dataclass(frozen=True)
class OutcomeRow:
    """What the customer wants, in the customer's words."""

    words: str
    measure: str
    confirmed: str


def milestones_of(
    item: ItemWithDeal, here: Stage, gates: Gates, viewer: User
) -> list[MilestoneRow]:
    """Return what the gate of the stage asks of the deal, as the gate sees it."""
    deal, today = item.opportunity, viewer.today(gates.now)
    records = {each["milestone"]: each for each in item.records}
    met = ((deal.pk, pk) for pk, each in records.items() if each["is_met"])
    confirmed = [each for each in item.outcomes if each["confirmed_by"]]
    shown = Shown(frozenset(met), frozenset([deal.pk] if confirmed else []))
    asked = gates.requirements(deal, shown, [here])
    missing = {id(each) for each in lacking(asked)}
    by = _("By %(name)s") % {"name": confirmed[0]["confirmed_by"]} if confirmed else ""
    return [
        MilestoneRow(
            pk=each.milestone_id,
            title=each.title,
            is_met=each.is_met,
            is_customers=each.is_outcome or each.kind == MilestoneKind.CONFIRMED,
            importance=each.importance,
            note=(by or _("Missing."))
            if each.is_outcome
            else _evidence(each.hint, records.get(each.milestone_id or 0), today),
            is_missing=id(each) in missing,
            binds=binding_words(each, viewer, gates.now),
        )
        for each in asked
    ]


def _evidence(hint: str, record: dict[str, Any] | None, today: date) -> str:
    """Return the line below a milestone: what shows it, or what is missing."""
    if record is None:
        return hint or _("Missing.")
    parts = [record["answer"], record["evidence"]]
    if record["is_met"]:
        who = record["contact"] or record["by"]
        on = _day(record["done_on"], today)
        parts.append(f"{who}, {on}" if on else who)
    elif record["contact"]:
        parts.append(record["contact"])
    said = ". ".join(part.rstrip(".") for part in parts if part)
    return said if record["is_met"] else f"{_('Missing.')} {said}".strip()


def _day(iso: str | None, today: date) -> str:
    return formats.day(date.fromisoformat(iso), today) if iso else ""


def outcome_row(row: dict[str, Any], today: date) -> OutcomeRow:
    """Return the outcome with its measure and who confirmed it."""
    measure = ""
    if row["metric"]:
        values = " → ".join(each for each in (row["baseline"], row["target"]) if each)
        measure = f"{row['metric']} {values}".strip()
    who = ", ".join(each for each in (row["confirmed_by"], row["title"]) if each)
    on = _day(row["confirmed_on"], today)
    return OutcomeRow(row["words"], measure, f"{who}, {on}" if who else "")
