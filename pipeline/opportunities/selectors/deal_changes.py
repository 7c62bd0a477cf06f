"""What changed of a deal's own values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account, Opportunity, Outcome
from pipeline.opportunities.selectors.changes import Names, Reader, Step, who
from pipeline.opportunities.selectors.events import Lives
from pipeline.process.models import Stage
from rhythm.people.models import User
from rhythm.web.formats import NOTHING

DEAL_FIELDS = (
    "id",
    "name",
    "account_id",
    "owner_id",
    "stage_id",
    "is_gated",
    "move_reason",
    "is_override",
    "amount",
    "close_on",
    "next_step",
    "next_step_on",
    "description",
    "outcome",
    "close_reason",
)
Row = dict[str, Any]


def deal_changes(
    deals: Mapping[int, Opportunity], lives: Lives, names: Names
) -> Iterator[Step]:
    """Yield a step for each time that a deal's own values were replaced.

    Each row holds the old values; the new ones are in the row after it, or in the deal
    itself.
    """
    for replaced in lives[Opportunity]:
        key = replaced[0]["id"]
        present = {name: getattr(deals[key], name) for name in DEAL_FIELDS}
        for old, new in pairwise([*replaced, present]):
            by_id = who(old["context"])
            names.want(User, by_id, old["owner_id"], new["owner_id"])
            names.want(Stage, old["stage_id"], new["stage_id"])
            names.want(Account, old["account_id"], new["account_id"])
            yield Step(key, old["replaced_at"], by_id, partial(_tell, old, new))


def _tell(old: Row, new: Row, reader: Reader) -> list[dict[str, Any]]:
    """Return what differs between two rows, in the order in which it matters."""
    told = (
        _stage(old, new, reader),
        _close_on(old, new, reader),
        _amount(old, new, reader),
        _next_step(old, new, reader),
        _owner(old, new, reader),
        _account(old, new, reader),
        _name(old, new),
        _description(old, new),
    )
    return [each for each in told if each is not None]


def _stage(old: Row, new: Row, reader: Reader) -> dict[str, Any] | None:
    if old["stage_id"] == new["stage_id"]:
        return None
    before = reader.names.record(Stage, old["stage_id"])
    after = reader.names.record(Stage, new["stage_id"])
    told = {
        "kind": "stage",
        "what": _("Stage"),
        "old": str(before or NOTHING),
        "new": str(after or NOTHING),
        "note": new["move_reason"],
        "tone": "ok",
        "icon": "arrow-right-circle",
    }
    if new["outcome"] and not old["outcome"]:
        label = str(Outcome(new["outcome"]).label)
        is_won = new["outcome"] == Outcome.WON
        told |= {"kind": "closed", "what": _("Closed"), "new": label}
        told |= {"note": new["close_reason"], "icon": "flag"}
        told |= {"tone": "ok" if is_won else "bad"}
    elif old["outcome"] and not new["outcome"]:
        told |= {"kind": "reopened", "what": _("Reopened"), "tone": "info"}
        told |= {"icon": "arrow-counterclockwise"}
    elif before and after and after.position < before.position:
        told |= {"kind": "moved_back", "what": _("Moved back"), "tone": "bad"}
        told |= {"icon": "arrow-return-left"}
    elif new["is_override"]:
        told |= {"kind": "override", "what": _("Let through the gate"), "tone": "warn"}
        told |= {"icon": "unlock"}
    elif not new["is_gated"]:
        told |= {"note": _("As the file says, not gated"), "tone": "info"}
    return told


def _close_on(old: Row, new: Row, reader: Reader) -> dict[str, Any] | None:
    before, after = old["close_on"], new["close_on"]
    if before == after:
        return None
    is_later = before is not None and after is not None and after > before
    return {
        "kind": "close_on",
        "what": _("Close date"),
        "old": reader.day(before),
        "new": reader.day(after),
        "tone": "bad" if is_later else "info",
        "icon": "calendar-x" if is_later else "calendar-check",
    }


def _amount(old: Row, new: Row, reader: Reader) -> dict[str, Any] | None:
    before, after = old["amount"], new["amount"]
    if before == after:
        return None
    is_less = before is not None and (after is None or after < before)
    return {
        "kind": "amount",
        "what": _("Amount"),
        "old": reader.money(before),
        "new": reader.money(after),
        "tone": "warn" if is_less else "ok",
        "icon": "arrow-down-right" if is_less else "arrow-up-right",
    }


def _next_step(old: Row, new: Row, reader: Reader) -> dict[str, Any] | None:
    before, after = _step(old, reader), _step(new, reader)
    if before == after:
        return None
    return {
        "kind": "next_step",
        "what": _("Next step"),
        "old": before or NOTHING,
        "new": after or NOTHING,
        "tone": "info",
        "icon": "signpost",
    }


def _step(row: Row, reader: Reader) -> str:
    on = reader.day(row["next_step_on"]) if row["next_step_on"] else ""
    return ", ".join(filter(None, (row["next_step"], on)))


def _owner(old: Row, new: Row, reader: Reader) -> dict[str, Any] | None:
    if old["owner_id"] == new["owner_id"]:
        return None
    return {
        "kind": "owner",
        "what": _("Owner"),
        "old": reader.names.name(User, old["owner_id"]),
        "new": reader.names.name(User, new["owner_id"]),
        "tone": "info",
        "icon": "person",
    }


def _account(old: Row, new: Row, reader: Reader) -> dict[str, Any] | None:
    if old["account_id"] == new["account_id"]:
        return None
    return {
        "kind": "account",
        "what": _("Account"),
        "old": reader.names.name(Account, old["account_id"]),
        "new": reader.names.name(Account, new["account_id"]),
        "icon": "building",
    }


def _name(old: Row, new: Row) -> dict[str, Any] | None:
    if old["name"] == new["name"]:
        return None
    return {"kind": "name", "what": _("Name"), "old": old["name"], "new": new["name"]}


def _description(old: Row, new: Row) -> dict[str, Any] | None:
    """The text itself is too long to be told."""
    if old["description"] == new["description"]:
        return None
    return {"kind": "description", "what": _("Description changed")}
