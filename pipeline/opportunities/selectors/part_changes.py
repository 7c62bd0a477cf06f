"""What changed of a deal's milestones, people and customer outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from pipeline.opportunities.models import (
    Contact,
    CustomerOutcome,
    MilestoneRecord,
    OpportunityContact,
)
from pipeline.opportunities.selectors.changes import Names, Reader, Step, who
from pipeline.opportunities.selectors.events import Fields, Lives
from pipeline.process.models import Milestone
from rhythm.people.models import User

Row = dict[str, Any]
# What is told of each part, beside which deal it belongs to.
PART_FIELDS: Fields = {
    MilestoneRecord: (
        "opportunity_id",
        "milestone_id",
        "is_met",
        "answer",
        "contact_id",
        "evidence",
        "recorded_by_id",
        "recorded_at",
    ),
    OpportunityContact: ("opportunity_id", "contact_id", "role", "created_at"),
    CustomerOutcome: (
        "opportunity_id",
        "words",
        "metric",
        "baseline",
        "target",
        "confirmed_by_id",
        "created_at",
    ),
}


def _followed(history: list[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Yield each row that was replaced with what came after: None if it is gone."""
    is_gone = history[-1]["replaced_at"] is not None
    yield from pairwise([*history, None] if is_gone else history)


def _is_later(at: datetime, since: datetime | None) -> bool:
    return since is None or at > since


# -- Milestones -------------------------------------------------------------------
def milestone_changes(
    lives: Lives, since: datetime | None, names: Names
) -> Iterator[Step]:
    """Yield a step for each time that a milestone was recorded."""
    for history in lives[MilestoneRecord]:
        for old, new in pairwise([None, *history]):
            if new is None or not _is_later(new["recorded_at"], since):
                continue
            names.want(User, new["recorded_by_id"])
            names.want(Milestone, new["milestone_id"])
            names.want(Contact, new["contact_id"])
            if old is not None:
                names.want(Contact, old["contact_id"])
            yield Step(
                new["opportunity_id"],
                new["recorded_at"],
                new["recorded_by_id"],
                partial(_tell_milestone, old, new),
            )


def _tell_milestone(old: Row | None, new: Row, reader: Reader) -> list[Row]:
    was_met, is_met = bool(old and old["is_met"]), new["is_met"]
    told: Row = {
        "kind": "milestone",
        "what": reader.names.name(Milestone, new["milestone_id"]),
        "note": new["evidence"],
        "tone": "ok" if is_met else "info",
        "icon": "check-circle-fill" if is_met else "circle",
    }
    if is_met:
        told["new"] = _answer(new, reader) or _("met")
        told["old"] = _answer(old, reader) if was_met and old else ""
    elif was_met:
        told |= {"old": _("met"), "new": _("open again"), "tone": "bad"}
    else:
        told["new"] = _answer(new, reader) or _("noted")
    return [told]


def _answer(row: Row, reader: Reader) -> str:
    contact = reader.names.record(Contact, row["contact_id"])
    return ", ".join(filter(None, (row["answer"], str(contact) if contact else "")))


# -- People -----------------------------------------------------------------------
def people_changes(
    lives: Lives, since: datetime | None, names: Names
) -> Iterator[Step]:
    """Yield a step for who came, went or got another role."""
    for history in lives[OpportunityContact]:
        first = history[0]
        names.want(Contact, first["contact_id"])
        key = first["opportunity_id"]
        if _is_later(first["created_at"], since):
            tell = partial(_tell_person, None, first)
            yield Step(key, first["created_at"], None, tell)
        for old, new in _followed(history):
            if _is_later(old["replaced_at"], since):
                by_id = who(old["context"])
                names.want(User, by_id)
                tell = partial(_tell_person, old, new)
                yield Step(key, old["replaced_at"], by_id, tell)


def _tell_person(old: Row | None, new: Row | None, reader: Reader) -> list[Row]:
    row = new or old or {}
    name = reader.names.name(Contact, row["contact_id"])
    if old is None:
        told = {"what": _("New contact"), "new": name, "note": row["role"]}
        return [{"kind": "person", "tone": "info", "icon": "person-plus", **told}]
    if new is None:
        told = {"what": _("No part in it any more"), "old": name}
        return [{"kind": "person", "tone": "warn", "icon": "person-dash", **told}]
    told = {"what": name, "old": old["role"], "new": new["role"]}
    return [{"kind": "person", "tone": "info", "icon": "person-gear", **told}]


# -- Customer outcomes ------------------------------------------------------------
def outcome_changes(
    lives: Lives, since: datetime | None, names: Names
) -> Iterator[Step]:
    """Yield a step for what the customer wants: said, confirmed."""
    for history in lives[CustomerOutcome]:
        first, key = history[0], history[0]["opportunity_id"]
        if _is_later(first["created_at"], since):
            tell = partial(_tell_outcome, None, first)
            yield Step(key, first["created_at"], None, tell)
        for old, new in _followed(history):
            names.want(Contact, old["confirmed_by_id"])
            if new is not None:
                names.want(Contact, new["confirmed_by_id"])
            if _is_later(old["replaced_at"], since):
                by_id = who(old["context"])
                names.want(User, by_id)
                tell = partial(_tell_outcome, old, new)
                yield Step(key, old["replaced_at"], by_id, tell)


def _tell_outcome(old: Row | None, new: Row | None, reader: Reader) -> list[Row]:
    told: Row = {"kind": "outcome", "tone": "buyer", "icon": "chat-quote"}
    if old is None and new is not None:
        return [told | {"what": _("Customer outcome"), "new": new["words"]}]
    if new is None and old is not None:
        gone = {"what": _("Customer outcome removed"), "old": old["words"]}
        return [told | gone | {"tone": "warn"}]
    assert old is not None
    assert new is not None
    if old["confirmed_by_id"] != new["confirmed_by_id"]:
        name = reader.names.name(Contact, new["confirmed_by_id"])
        confirmed = {"what": _("Customer outcome confirmed"), "new": name}
        return [told | confirmed | {"note": new["words"], "icon": "patch-check"}]
    before, after = _wanted(old), _wanted(new)
    if before == after:
        return []
    return [told | {"what": _("Customer outcome"), "old": before, "new": after}]


def _wanted(row: Row) -> str:
    parts = (row["words"], row["metric"], row["baseline"], row["target"])
    return ", ".join(filter(None, parts))
