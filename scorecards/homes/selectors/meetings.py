"""The meetings around now: running, missed, to come, held lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.reviews.models import Review
from rhythm.calendar.models import (
    IN_PROGRESS,
    MeetingKind,
    MeetingQuerySet,
    MeetingState,
    called,
)
from rhythm.people.models import User
from rhythm.web.addresses import address
from rhythm.web.formats import relative_day

# Held or missed so long ago is not news; what a rule calls later than that is not yet.
LATELY = timedelta(days=14)
SOON = timedelta(days=8)
MOST = 6


@dataclass(frozen=True)
class Seen:
    """A meeting as a line of a first page."""

    url: str
    subject: str
    chair: str
    at: datetime
    when: str
    minutes: int
    # What to do with it, in a word; its tone and its icon.
    button: str
    tone: str
    icon: str
    # Run by the viewer, and waiting for it.
    is_mine: bool
    is_over: bool


@dataclass(frozen=True)
class Around:
    """The meetings around now, the nearest first; of those over, the last first."""

    running: list[Seen]
    missed: list[Seen]
    planned: list[Seen]
    held: list[Seen]

    @property
    def next(self) -> Seen | None:
        """Return the one that comes next, or runs."""
        return next(iter((*self.running, *self.planned)), None)

    @property
    def is_any(self) -> bool:
        return bool(self.running or self.missed or self.planned or self.held)

    def words(self) -> str:
        """Return "1 running, 2 to come, 3 held in two weeks", without the zeros."""
        run, come, held = len(self.running), len(self.planned), len(self.held)
        missed = len(self.missed)
        parts = (
            _("%d running") % run if run else "",
            _("%d missed") % missed if missed else "",
            _("%d to come") % come if come else "",
            ngettext("%d held in two weeks", "%d held in two weeks", held) % held
            if held
            else "",
        )
        return ", ".join(filter(None, parts))


def around(meetings: MeetingQuerySet, viewer: User, *, now: datetime) -> Around:
    """Return those of `meetings` around now, at most MOST of each sort. One query."""
    soon = Q(cadence=None) | Q(starts_at__lte=now + SOON)
    lately = now - LATELY
    sorts = (
        meetings.filter(state__in=IN_PROGRESS).order_by("starts_at", "pk"),
        meetings.filter(state=MeetingState.MISSED, starts_at__gte=lately).order_by(
            "-starts_at", "-pk"
        ),
        meetings.filter(soon, state=MeetingState.PLANNED).order_by("starts_at", "pk"),
        meetings.filter(state=MeetingState.HELD, ended_at__gte=lately).order_by(
            "-ended_at", "-pk"
        ),
    )
    first, *others = (_values(each)[:MOST] for each in sorts)
    found = list(first.union(*others, all=True))
    today = viewer.today(now)

    def of(*states: MeetingState) -> list[Mapping[str, Any]]:
        return [each for each in found if each["state"] in states]

    def seen(rows: list[Mapping[str, Any]], by: str, *, last: bool) -> list[Seen]:
        rows.sort(key=lambda each: (each[by], each["id"]), reverse=last)
        return [_seen(each, viewer, today) for each in rows]

    return Around(
        running=seen(of(*IN_PROGRESS), "starts_at", last=False),
        missed=seen(of(MeetingState.MISSED), "starts_at", last=True),
        planned=seen(of(MeetingState.PLANNED), "starts_at", last=False),
        held=seen(of(MeetingState.HELD), "ended_at", last=True),
    )


def _values(meetings: MeetingQuerySet) -> Any:
    """Return what a line says: few columns of wide tables, and whose room it has."""
    review = Review.objects.filter(meeting=OuterRef("pk")).values("pk")
    return meetings.values(
        *("id", "kind", "title", "state", "starts_at", "started_at", "ended_at"),
        "planned_minutes",
        subject=Coalesce("team__name", "person__name"),
        runner=Coalesce("deputy__name", "chair__name"),
        runner_id=Coalesce(F("deputy_id"), F("chair_id")),
        review=Subquery(review[:1]),
    )


def _seen(row: Mapping[str, Any], viewer: User, today: date) -> Seen:
    state = MeetingState(row["state"])
    is_over = state == MeetingState.HELD
    at = row["started_at"] or row["starts_at"]
    is_mine = row["runner_id"] == viewer.pk and not is_over
    button, tone, icon = _offer(
        state, is_mine=is_mine, has_minutes=row["review"] is not None
    )
    local = at.astimezone(ZoneInfo(viewer.time_zone))
    return Seen(
        url=_url(row, state),
        subject=f"{row['title']}, {row['subject']}"
        if row["title"]
        else called(MeetingKind(row["kind"]), row["subject"]),
        chair=row["runner"],
        at=at,
        when=relative_day(local.date(), today),
        minutes=row["planned_minutes"],
        button=button,
        tone=tone,
        icon=icon,
        is_mine=is_mine,
        is_over=is_over,
    )


def _url(row: Mapping[str, Any], state: MeetingState) -> str:
    """Return where it is run or read: its room, if it has one, else its page."""
    if row["review"] and state != MeetingState.MISSED:
        return address("reviews:review_detail", row["review"])
    return address("meetings:meeting_detail", row["id"])


def _offer(
    state: MeetingState, *, is_mine: bool, has_minutes: bool
) -> tuple[str, str, str]:
    if state == MeetingState.HELD:
        word = _("Minutes") if has_minutes else _("See")
        return word, "ok", "check-circle-fill"
    if state == MeetingState.RUNNING:
        return (_("Go on") if is_mine else _("Follow")), "acc", "play-fill"
    if state == MeetingState.PAUSED:
        return (_("Resume") if is_mine else _("Follow")), "warn", "pause-fill"
    if state == MeetingState.MISSED:
        word = _("Hold it late") if is_mine else _("See")
        return word, "bad", "exclamation-triangle"
    return (_("Start") if is_mine else _("See")), "", "calendar-event"
