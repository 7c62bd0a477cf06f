"""The meetings around now: running, missed, to come, held lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.accounts.models import AccountReview
from pipeline.reviews.models import PREPARED, Review, ReviewItem
from pipeline.runner.models import Run
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
    # Run by the viewer, and waiting for it: today, or late.
    is_mine: bool
    is_over: bool
    # Where the viewer prepares the own deals for it, and how far that is; else "".
    prepare_url: str
    prepare: str
    is_prepared: bool


@dataclass(frozen=True)
class Around:
    """The meetings around now, the nearest first; of those over, the last first."""

    running: list[Seen]
    missed: list[Seen]
    planned: list[Seen]
    held: list[Seen]
    # How many there are of each sort; the lists show MOST of it at most.
    totals: Mapping[MeetingState, int]

    @property
    def next(self) -> Seen | None:
        """Return the one that comes next, or runs."""
        return next(iter((*self.running, *self.planned)), None)

    @property
    def is_any(self) -> bool:
        return bool(self.running or self.missed or self.planned or self.held)

    def words(self) -> str:
        """Return "1 running, 2 to come, 3 held in two weeks", without the zeros."""
        count = self.totals.get
        # They are one sort, and counted as one.
        run = max(count(state, 0) for state in IN_PROGRESS)
        missed, come = count(MeetingState.MISSED, 0), count(MeetingState.PLANNED, 0)
        held = count(MeetingState.HELD, 0)
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
    first, *others = (_values(each, viewer)[:MOST] for each in sorts)
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
        totals={MeetingState(each["state"]): each["total"] for each in found},
    )


def _values(meetings: MeetingQuerySet, viewer: User) -> Any:
    """Return what a line says: few columns of wide tables, and whose room it has."""
    here = {"meeting": OuterRef("pk")}
    review = Review.objects.filter(**here).values("pk")
    plans = AccountReview.objects.filter(**here).values("pk")
    runs = Run.objects.visible_to(viewer).filter(**here)
    own = ReviewItem.objects.filter(
        review__meeting=OuterRef("pk"), opportunity__owner=viewer, is_exception=False
    )
    shares = own.order_by().values("review")
    deals = shares.annotate(n=Count("pk")).values("n")
    empty = shares.annotate(n=Count("pk", filter=~PREPARED)).values("n")
    return meetings.values(
        *("id", "kind", "title", "state", "starts_at", "started_at", "ended_at"),
        "planned_minutes",
        total=Window(Count("pk")),
        subject=Coalesce("team__name", "person__name"),
        runner=Coalesce("deputy__name", "chair__name"),
        runner_id=Coalesce(F("deputy_id"), F("chair_id")),
        review=Subquery(review[:1]),
        account_review=Subquery(plans[:1]),
        is_open_room=Exists(runs),
        deals=Subquery(deals),
        empty=Subquery(empty),
    )


def _seen(row: Mapping[str, Any], viewer: User, today: date) -> Seen:
    state = MeetingState(row["state"])
    is_over = state == MeetingState.HELD
    at = row["started_at"] or row["starts_at"]
    local = at.astimezone(ZoneInfo(viewer.time_zone))
    is_ahead = state == MeetingState.PLANNED and local.date() > today
    is_mine = row["runner_id"] == viewer.pk and not (is_over or is_ahead)
    button, tone, icon = _offer(
        state, is_mine=is_mine, has_minutes=bool(_room(row, state))
    )
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
        **_prepare(row, state),
    )


def _prepare(row: Mapping[str, Any], state: MeetingState) -> dict[str, Any]:
    """Return where the viewer prepares what is planned, and what is still empty."""
    if state != MeetingState.PLANNED or not row["deals"]:
        return {"prepare_url": "", "prepare": "", "is_prepared": False}
    empty, deals = row["empty"], row["deals"]
    words = _("%(empty)d of your %(deals)d deals still to be prepared")
    return {
        "prepare_url": address("reviews:review_prepare", row["review"]),
        "prepare": words % {"empty": empty, "deals": deals}
        if empty
        else _("Your deals are prepared"),
        "is_prepared": not empty,
    }


def _url(row: Mapping[str, Any], state: MeetingState) -> str:
    """Return where it is run or read: its room, if it has one, else its page."""
    room = "" if state == MeetingState.MISSED else _room(row, state)
    return room or address("meetings:meeting_detail", row["id"])


def _room(row: Mapping[str, Any], state: MeetingState) -> str:
    """Return the room of one that was prepared, or its minutes; "" without either."""
    if row["review"]:
        return address("reviews:review_detail", row["review"])
    if row["account_review"]:
        return address("accounts:review_detail", row["account_review"])
    if row["is_open_room"]:
        is_held = state == MeetingState.HELD
        return address("runner:minutes" if is_held else "runner:room", row["id"])
    return ""


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
