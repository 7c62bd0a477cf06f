"""What happened to one commitment, told from the database's own history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from rhythm.commitments.models import Commitment, CommitmentState, RequestState
from rhythm.people.models import User
from rhythm.web.formats import day, day_clock


@dataclass(frozen=True)
class Line:
    """One thing that happened. old and new are empty unless a value changed."""

    at: datetime
    icon: str
    tone: str
    text: str
    old: str = ""
    new: str = ""
    more: str = ""
    # Who did it and when.
    by: str = ""


def history(commitment: Commitment, *, today: date) -> list[Line]:
    """Return what happened to it, latest first. Three queries, whatever its length.

    today is the date where the reader is.
    """
    # Events hold the values before each change; the record itself is the last state.
    events = list(commitment.events.order_by("pgh_id"))  # type: ignore[attr-defined]
    requests = list(commitment.date_requests.select_related("answered_by"))
    names = _names([*events, commitment])
    lines = [
        line
        for before, after in pairwise([*events, commitment])
        for line in _changes(before, after, names, today)
    ]
    lines += _requested(commitment, requests, today)
    lines.append(
        Line(
            at=commitment.created_at,
            icon="chat-quote",
            tone="info",
            text=_("Promised for %(day)s")
            % {"day": day(commitment.first_due_on, today)},
            by=_moment(commitment.created_at, today),
        )
    )
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _changes(
    before: Any, after: Any, names: dict[int, str], today: date
) -> Iterator[Line]:
    """Yield what changed between two states. `before` is an event and says who."""
    at = before.pgh_created_at
    by = _by(before, names, today)
    if before.due_on != after.due_on:
        old, new = day(before.due_on, today), day(after.due_on, today)
        yield Line(at, "calendar-event", "warn", _("New date"), old, new, by=by)
    for side, label in (("promiser_id", _("Promiser")), ("receiver_id", _("To"))):
        old_id, new_id = getattr(before, side), getattr(after, side)
        if old_id != new_id:
            old, new = names.get(old_id, ""), names.get(new_id, "")
            yield Line(at, "arrow-left-right", "info", label, old, new, by=by)
    if before.state != after.state:
        yield _state_line(at, after, by)


def _state_line(at: datetime, after: Any, by: str) -> Line:
    if after.state == CommitmentState.KEPT:
        is_late = after.kept_on > after.due_on
        text = _("Kept, after its date") if is_late else _("Kept")
        return Line(at, "check-lg", "warn" if is_late else "ok", text, by=by)
    if after.state == CommitmentState.DROPPED:
        return Line(at, "dash-lg", "", _("Dropped"), more=after.drop_reason, by=by)
    return Line(at, "arrow-counterclockwise", "", _("Open again"), by=by)


def _requested(
    commitment: Commitment, requests: list[Any], today: date
) -> Iterator[Line]:
    for request in requests:
        asked = {"day": day(request.new_due_on, today)}
        yield Line(
            at=request.asked_at,
            icon="question-lg",
            tone="",
            text=_("Asked for %(day)s") % asked,
            more=request.reason,
            by=_joined(commitment.promiser.name, _moment(request.asked_at, today)),
        )
        if request.state == RequestState.REFUSED:
            who = request.answered_by.name if request.answered_by else ""
            yield Line(
                at=request.answered_at,
                icon="x-lg",
                tone="bad",
                text=_("The date stays"),
                by=_joined(who, _moment(request.answered_at, today)),
            )


def _names(states: list[Any]) -> dict[int, str]:
    ids: set[int] = {actor for each in states if (actor := _actor(each))}
    ids |= {each.promiser_id for each in states}
    ids |= {each.receiver_id for each in states}
    people = User.objects.get_queryset().filter(pk__in=ids)
    return dict(people.values_list("pk", "name"))


def _actor(state: Any) -> int | None:
    context = getattr(state, "pgh_context", None) or {}
    return context.get("user")


def _by(event: Any, names: dict[int, str], today: date) -> str:
    who = names.get(_actor(event) or 0, "")
    return _joined(who, _moment(event.pgh_created_at, today))


def _moment(at: datetime, today: date) -> str:
    return day_clock(timezone.localtime(at), today)


def _joined(who: str, when: str) -> str:
    return ", ".join(filter(None, [who, when]))
