"""The reviews around now: running, to come, held lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.reviews.models import Review, ReviewQuerySet
from rhythm.calendar.models import BEFORE_ITS_END, IN_PROGRESS, MeetingState
from rhythm.people.models import User
from rhythm.people.zones import local_date
from rhythm.web.formats import relative_day

# Held so long ago is not news.
LATELY = timedelta(days=14)
MOST = 6
# Of a meeting, and of whom it is with: the rest of four people's rows is not shown.
NEEDED = tuple(
    f"meeting__{each}"
    for each in (
        *("kind", "state", "starts_at", "started_at", "ended_at", "planned_minutes"),
        *("team__name", "person__name", "chair__name", "deputy__name"),
    )
)


@dataclass(frozen=True)
class Seen:
    """A review as a line of a first page."""

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
    # Chaired by the viewer and waiting for it.
    is_mine: bool
    is_over: bool


@dataclass(frozen=True)
class Around:
    """The reviews around now, the nearest first."""

    running: list[Seen]
    planned: list[Seen]
    held: list[Seen]

    @property
    def next(self) -> Seen | None:
        """Return the one that comes next, or runs."""
        return next(iter((*self.running, *self.planned)), None)

    @property
    def is_any(self) -> bool:
        return bool(self.running or self.planned or self.held)

    def words(self) -> str:
        """Return "1 running, 2 to come, 3 held lately" without what is not there."""
        run, come, held = len(self.running), len(self.planned), len(self.held)
        parts = (
            _("%d running") % run if run else "",
            _("%d to come") % come if come else "",
            ngettext("%d held in two weeks", "%d held in two weeks", held) % held
            if held
            else "",
        )
        return ", ".join(filter(None, parts))


def around(reviews: ReviewQuerySet, viewer: User, *, now: datetime) -> Around:
    """Return those of `reviews` around now, at most MOST of each sort. One query."""
    wanted = Q(meeting__state__in=BEFORE_ITS_END) | Q(
        meeting__state=MeetingState.HELD, meeting__ended_at__gte=now - LATELY
    )
    rows = (
        reviews.filter(wanted)
        .select_related(
            "meeting__team", "meeting__person", "meeting__chair", "meeting__deputy"
        )
        .only(*NEEDED)
        # What is not over first, in the order of its times; then what was held last.
        .order_by(
            F("meeting__ended_at").desc(nulls_first=True), "meeting__starts_at", "pk"
        )[: 5 * MOST]
    )
    today = viewer.today(now)
    seen = [(each.meeting.state, _seen(each, viewer, today)) for each in rows]
    states = {*IN_PROGRESS, MeetingState.PLANNED}
    return Around(
        running=[row for state, row in seen if state in IN_PROGRESS][:MOST],
        planned=[row for state, row in seen if state == MeetingState.PLANNED][:MOST],
        held=[row for state, row in seen if state not in states][:MOST],
    )


def _seen(review: Review, viewer: User, today: date) -> Seen:
    meeting = review.meeting
    is_over = meeting.state == MeetingState.HELD
    at = meeting.started_at or meeting.starts_at
    is_mine = meeting.runner == viewer and not is_over
    button, tone, icon = _offer(meeting.state, is_mine=is_mine)
    return Seen(
        url=review.get_absolute_url(),
        subject=meeting.subject,
        chair=meeting.runner.name,
        at=at,
        when=relative_day(local_date(at, viewer.time_zone), today),
        minutes=meeting.planned_minutes,
        button=button,
        tone=tone,
        icon=icon,
        is_mine=is_mine,
        is_over=is_over,
    )


def _offer(state: str, *, is_mine: bool) -> tuple[str, str, str]:
    if state == MeetingState.HELD:
        return _("Minutes"), "ok", "check-circle-fill"
    if state == MeetingState.RUNNING:
        return (_("Go on") if is_mine else _("Follow")), "acc", "play-fill"
    if state == MeetingState.PAUSED:
        return (_("Resume") if is_mine else _("Follow")), "warn", "pause-fill"
    return (_("Start") if is_mine else _("Agenda")), "", "calendar-event"
