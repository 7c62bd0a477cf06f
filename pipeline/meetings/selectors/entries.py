"""What falls on somebody's days: meetings, what is due, leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pipeline.meetings.selectors.meetings import Status, named, status_of
from pipeline.meetings.spans import DAY, Span
from rhythm.calendar.models import MeetingState
from rhythm.calendar.selectors.people import meetings_of
from rhythm.commitments.models import Commitment
from rhythm.people.models import Leave, User
from rhythm.web import formats
from rhythm.web.addresses import address

# More than anybody has, so that no page runs away.
MOST = 2_000


@dataclass(frozen=True)
class Entry:
    """A meeting, or something that is due. All texts are ready to print."""

    time: str
    title: str
    more: str
    url: str
    status: Status
    # Whether it is something that is due, rather than a meeting.
    is_due: bool = False


@dataclass(frozen=True)
class Found:
    """What falls on which day."""

    entries: Mapping[date, Sequence[Entry]]
    leave: frozenset[date]

    def within(self, first: date, last: date) -> list[Entry]:
        """Return what falls on the days from first to last."""
        days = (last - first).days + 1
        return [
            entry
            for number in range(days)
            for entry in self.entries.get(first + number * DAY, ())
        ]


def find(person: User, viewer: User, span: Span, today: date) -> Found:
    """Return what falls on the days that are shown. Three queries."""
    entries: dict[date, list[Entry]] = defaultdict(list)
    for day, entry in _meetings(person, viewer, span):
        entries[day].append(entry)
    for day, entry in _due(person, viewer, span, today):
        entries[day].append(entry)
    away = Leave.objects.visible_to(viewer).filter(
        user=person, first_on__lte=span.shown_last, last_on__gte=span.shown_first
    )
    leave = set()
    for first, last in away.values_list("first_on", "last_on"):
        day = max(first, span.shown_first)
        while day <= min(last, span.shown_last):
            leave.add(day)
            day += DAY
    return Found(entries, frozenset(leave))


def _meetings(person: User, viewer: User, span: Span) -> Iterator[tuple[date, Entry]]:
    zone = ZoneInfo(viewer.time_zone)
    meetings = (
        named(meetings_of(person).visible_to(viewer))
        .filter(
            starts_at__gte=_midnight(span.shown_first, zone),
            starts_at__lt=_midnight(span.shown_last + DAY, zone),
        )
        .exclude(state=MeetingState.CANCELLED)
        .order_by("starts_at", "pk")[:MOST]
    )
    for each in meetings:
        starts = each.starts_at.astimezone(zone)
        length = _("%d min") % each.planned_minutes
        chairs = _("%(name)s has the chair") % {"name": each.runner.name}
        if each.runner == person:
            chairs = _("You have the chair") if person == viewer else chairs
        entry = Entry(
            time=formats.clock(starts),
            title=str(each),
            more=f"{length} · {chairs}",
            url=address("meetings:meeting_detail", each.pk),
            status=status_of(each),
        )
        yield starts.date(), entry


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _due(
    person: User, viewer: User, span: Span, today: date
) -> Iterator[tuple[date, Entry]]:
    due = (
        Commitment.objects.visible_to(viewer)
        .open()
        .filter(promiser=person, due_on__range=(span.shown_first, span.shown_last))
        .select_related("receiver")
        .order_by("due_on", "pk")[:MOST]
    )
    for each in due:
        is_late = each.due_on < today
        to = "" if each.receiver_id == person.pk else each.receiver.name
        yield (
            each.due_on,
            Entry(
                time="",
                title=each.what,
                more=_("Promised to %(name)s") % {"name": to} if to else "",
                url=address("commitments:commitment_detail", each.pk),
                status=Status("bad", "exclamation-triangle", _("Broken"))
                if is_late
                else Status("", "check2-square", _("Due")),
                is_due=True,
            ),
        )
