"""One meeting as its page shows it: when, who, what to prepare, what came before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import starmap
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.meetings.selectors.accounts import (
    REVIEWS,
    account_minutes,
    account_room,
    plans_on_agenda,
)
from pipeline.meetings.selectors.before import (
    commitments_before,
    preread_words,
    readers_of,
)
from pipeline.meetings.selectors.facts import facts_of
from pipeline.meetings.selectors.rooms import (
    AgendaDeal,
    agenda_of,
    minutes_of,
    room_of,
    run_of,
)
from pipeline.reviews.models import Review
from pipeline.reviews.selectors.preparing import Preparing, preparing
from pipeline.runner.rooms import sees_room
from pipeline.runner.selectors.room import AgendaRow, over_time
from pipeline.runner.selectors.series import series
from pipeline.runner.selectors.votes import is_asked, is_open
from rhythm.calendar.models import (
    IN_PROGRESS,
    NEVER_BEGUN,
    STARTABLE,
    Meeting,
    MeetingKind,
    MeetingQuerySet,
    MeetingState,
)
from rhythm.calendar.prereads import preread_at
from rhythm.calendar.selectors.people import people_of
from rhythm.commitments.selectors.rows import Row
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import address

# Meetings of the same sort before this one.
EARLIER = 3
LOOKS = {
    MeetingState.PLANNED: ("info", "calendar-event"),
    MeetingState.RUNNING: ("ok", "play"),
    MeetingState.PAUSED: ("warn", "pause"),
    MeetingState.HELD: ("ok", "check-circle-fill"),
    MeetingState.ABANDONED: ("mute", "slash-circle"),
    MeetingState.MISSED: ("bad", "exclamation-triangle"),
    MeetingState.SKIPPED: ("mute", "dash-circle"),
    MeetingState.CANCELLED: ("mute", "x-circle"),
}


@dataclass(frozen=True)
class Status:
    """How a meeting stands, in a word with its look."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True)
class Earlier:
    """A meeting of the same sort, before this one."""

    when: str
    status: Status
    url: str


@dataclass(frozen=True)
class Person:
    """Somebody in the meeting."""

    name: str
    url: str
    role: str
    # When they read the pre-read; only whoever runs it sees that.
    read: str = ""


@dataclass(frozen=True)
class MeetingPage:
    """What the page of a meeting shows to one viewer. All texts are ready to print."""

    pk: int
    title: str
    when: str
    length: str
    # Where the wall of the meeting is another one than the viewer's; else "".
    elsewhere: str
    status: Status
    # Why it is so: skipped, moved, called off; who stands in.
    facts: Sequence[str]
    chair: str
    people: Sequence[Person]
    # Null where there is nothing for the viewer to prepare, or to see of it.
    preparing: Preparing | None
    agenda: Sequence[AgendaDeal]
    more_deals: int
    # The timed blocks of one that has a room.
    blocks: Sequence[AgendaRow]
    # "5 min too long" for those that exceed it, until it begins; else "".
    too_long: str
    notes: str
    earlier: Sequence[Earlier]
    commitments: Sequence[Row]
    # Its pre-read, if its kind has one, and when that goes out.
    preread_url: str
    preread: str
    # Whether it was to be read by now, so that who did not open it is named.
    is_preread_out: bool
    # Where it is run or read, if it has a room of its own.
    room_url: str
    # What is done there: "Enter the room", "Minutes".
    room_words: str
    vote_url: str
    # Where somebody in a huddle writes for it.
    answer_url: str
    is_mine: bool
    may_start: bool
    # Whether it is called for another day than today.
    is_far: bool
    may_change: bool
    may_record_outside: bool
    may_hold: bool
    may_call_again: bool
    is_review: bool


def named(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Return the meetings with whom they name."""
    return meetings.select_related("team", "person", "chair", "deputy", "cadence")


def status_of(meeting: Meeting) -> Status:
    """Return how it stands, "Held late" and "Held outside" told apart."""
    state = MeetingState(meeting.state)
    tone, icon = LOOKS[state]
    text = str(state.label)
    if meeting.is_late:
        tone, text = "warn", _("Held late")
    if meeting.state == MeetingState.HELD and meeting.is_outside:
        text = _("Held late, outside") if meeting.is_late else _("Held outside")
    return Status(tone, icon, text)


def meeting_page(
    meeting: Meeting, viewer: User, *, may_change: bool, now: datetime
) -> MeetingPage:
    """Return the page of a meeting that came through `named`. Twelve queries."""
    today = viewer.today(now)
    zone = ZoneInfo(viewer.time_zone)
    starts = (meeting.started_at or meeting.starts_at).astimezone(zone)
    is_review = meeting.kind == MeetingKind.PIPELINE_REVIEW
    review = Review.objects.filter(meeting=meeting).first() if is_review else None
    agenda, more = agenda_of(review, viewer)
    run, blocks = run_of(meeting, viewer)
    room_url, room_words = room_of(meeting, review, run)
    if account := account_room(meeting):
        room_url, room_words = account, _("Open")
    in_it = people_of([meeting])[meeting.pk]
    is_in_it = viewer in in_it
    is_mine = meeting.runner == viewer
    is_written = bool(meeting.notes or meeting.reason)
    reads = is_written and (is_in_it or sees_room(meeting, viewer))
    read = readers_of(meeting, zone, today) if is_mine else {}
    state = meeting.state
    may_arrange = may_change and state in STARTABLE
    return MeetingPage(
        pk=meeting.pk,
        title=str(meeting),
        when=formats.day_clock(starts, today),
        length=_("%d min") % meeting.planned_minutes,
        elsewhere=_elsewhere(meeting, viewer, today),
        status=status_of(meeting),
        facts=facts_of(meeting, run, zone, today, reads_reason=reads or may_change),
        chair=meeting.runner.name,
        people=_people(meeting, in_it, read),
        preparing=preparing(review, viewer, now=now, meeting=meeting)
        if review
        else None,
        agenda=[*agenda, *starmap(AgendaDeal, plans_on_agenda(meeting, viewer))],
        more_deals=more,
        blocks=blocks,
        too_long=over_time(meeting, blocks) if state in STARTABLE else "",
        notes=meeting.notes if reads else "",
        earlier=_earlier(meeting, viewer, today),
        commitments=commitments_before(meeting, viewer, today),
        **preread_words(meeting, viewer, now),
        is_preread_out=(preread_at(meeting) or now) <= now,
        room_url=room_url,
        room_words=room_words,
        vote_url=reverse("runner:vote", args=[meeting.pk])
        if run and is_in_it and is_asked(run) and is_open(run, now)
        else "",
        answer_url=_answer(meeting) if is_in_it else "",
        is_mine=is_mine,
        may_start=is_mine and state in STARTABLE,
        is_far=starts.date() > today,
        may_change=may_arrange,
        may_record_outside=may_arrange and meeting.starts_at <= now,
        may_hold=is_mine and state in IN_PROGRESS and not room_url,
        may_call_again=may_change
        and state in NEVER_BEGUN
        # What its rule called off, its rule calls again.
        and bool(meeting.reason),
        is_review=meeting.kind in REVIEWS,
    )


def _answer(meeting: Meeting) -> str:
    """Return where those in a huddle write for it, before it; else ""."""
    is_ahead = meeting.state == MeetingState.PLANNED
    if not (is_ahead and meeting.kind == MeetingKind.HUDDLE):
        return ""
    return reverse("runner:answer", args=[meeting.pk])


def _elsewhere(meeting: Meeting, viewer: User, today: date) -> str:
    """Return "Mon 23 Nov, 09:00 in New York" where that is not the viewer's time."""
    there = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
    here = meeting.starts_at.astimezone(ZoneInfo(viewer.time_zone))
    if meeting.time_zone == "UTC" or there.utcoffset() == here.utcoffset():
        return ""
    city = meeting.time_zone.rsplit("/", 1)[-1].replace("_", " ")
    when = formats.day_clock(there, today)
    return _("%(when)s in %(city)s") % {"when": when, "city": city}


def _people(
    meeting: Meeting, in_it: Sequence[User], read: Mapping[int, str]
) -> list[Person]:
    """Return who is in it, whoever runs it first, and a chair who is away."""
    people = list(in_it)
    roles = {meeting.runner.pk: _("chair")}
    if meeting.deputy:
        roles[meeting.chair.pk] = _("away")
        if meeting.chair not in people:
            people.append(meeting.chair)
    return [
        Person(
            each.name,
            address("people:person_detail", each.pk),
            roles.get(each.pk, ""),
            read.get(each.pk, ""),
        )
        for each in people
    ]


def _earlier(meeting: Meeting, viewer: User, today: date) -> list[Earlier]:
    zone = ZoneInfo(viewer.time_zone)
    earlier = (
        Meeting.objects.visible_to(viewer)
        .filter(series(meeting), starts_at__lt=meeting.starts_at)
        .exclude(state__in=(MeetingState.CANCELLED, MeetingState.PLANNED))
        .order_by("-starts_at", "-pk")[:EARLIER]
    )
    found = list(earlier)
    minutes = minutes_of(meeting, found, viewer)
    minutes |= account_minutes(meeting, [each.pk for each in found])
    return [
        Earlier(
            when=formats.day_clock(
                (each.started_at or each.starts_at).astimezone(zone), today
            ),
            status=status_of(each),
            url=minutes.get(each.pk)
            or reverse("meetings:meeting_detail", args=[each.pk]),
        )
        for each in found
    ]
