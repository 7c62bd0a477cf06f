"""One page of somebody's week, month or quarter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pipeline.meetings.selectors.entries import Entry, Found, find
from pipeline.meetings.spans import DAY, WEEK, Span, View, span_around
from rhythm.people.models import User
from rhythm.web import formats

# In a day of the month, and in a week of the quarter.
MOST_IN_A_DAY, MOST_IN_A_WEEK = 4, 5
NAMES = {
    View.WEEK: gettext_lazy("Week"),
    View.MONTH: gettext_lazy("Month"),
    View.QUARTER: gettext_lazy("Quarter"),
}


@dataclass(frozen=True)
class Day:
    """One day, with what falls on it."""

    on: str
    number: str
    title: str
    url: str
    entries: Sequence[Entry]
    more: int
    is_today: bool
    is_weekend: bool
    is_outside: bool
    is_leave: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say of it."""
        return not (self.entries or self.is_leave)


@dataclass(frozen=True)
class WeekLine:
    """One week of a quarter."""

    title: str
    days: str
    url: str
    counts: str
    entries: Sequence[Entry]
    more: int
    is_current: bool
    leave: str


@dataclass(frozen=True)
class Choice:
    """A page that can be gone to from here."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody whose calendar can be shown."""

    pk: int
    name: str
    is_shown: bool


@dataclass(frozen=True)
class CalendarPage:
    """What the page of a calendar shows."""

    view: str
    on: str
    title: str
    summary: str
    person: User
    is_own: bool
    zone: str
    views: Sequence[Choice]
    before: str
    today: str
    after: str
    days: Sequence[Day]
    weekdays: Sequence[str]
    lines: Sequence[WeekLine]
    people: Sequence[Person]
    is_empty: bool


def calendar_page(
    person: User, viewer: User, *, view: View, on: date | None, now: datetime
) -> CalendarPage:
    """Return the page of a person's calendar around a day, as `viewer` may see it.

    on None is today. Days and hours are those on the wall of the viewer. Four queries.
    """
    today = viewer.today(now)
    fiscal_month = viewer.organisation.fiscal_year_month
    span = span_around(on or today, view, fiscal_month=fiscal_month)
    found = find(person, viewer, span, today)
    within = found.within(span.first, span.last)
    is_quarter = view == View.QUARTER
    return CalendarPage(
        view=view,
        on=span.first.isoformat(),
        title=_title(span),
        summary=_counts(within),
        person=person,
        is_own=person == viewer,
        zone=viewer.time_zone,
        views=[
            Choice(str(NAMES[each]), _at_today(each, on, person, viewer), each == view)
            for each in View
        ],
        before=_url(view, span.before, person, viewer),
        today=_at_today(view, None, person, viewer),
        after=_url(view, span.after, person, viewer),
        days=[] if is_quarter else list(_days(span, found, today, person, viewer)),
        weekdays=[
            formats.dated(span.shown_first + number * DAY, "D") for number in range(7)
        ],
        lines=list(_lines(span, found, today, person, viewer)) if is_quarter else [],
        people=_people(person, viewer),
        is_empty=not within,
    )


def _days(
    span: Span, found: Found, today: date, person: User, viewer: User
) -> Iterator[Day]:
    """Yield the days of a week, or of all weeks of a month."""
    is_month = span.view == View.MONTH
    day = span.shown_first
    while day <= span.shown_last:
        is_outside = not span.first <= day <= span.last
        entries = [] if is_outside else found.entries.get(day, [])
        shown = entries[:MOST_IN_A_DAY] if is_month else entries
        yield Day(
            on=day.isoformat(),
            number=str(day.day),
            title=formats.dated(day, "l, j F"),
            url=_url(View.WEEK, day, person, viewer),
            entries=shown,
            more=len(entries) - len(shown),
            is_today=day == today,
            is_weekend=day.weekday() >= 5,
            is_outside=is_outside,
            is_leave=day in found.leave and not is_outside,
        )
        day += DAY


def _lines(
    span: Span, found: Found, today: date, person: User, viewer: User
) -> Iterator[WeekLine]:
    """Yield the weeks of a quarter. Days outside it are those of the ones beside it."""
    for monday in span.weeks:
        sunday = monday + WEEK - DAY
        first, last = max(monday, span.first), min(sunday, span.last)
        entries = found.within(first, last)
        away = sum(first <= day <= last for day in found.leave)
        yield WeekLine(
            title=_("Week %d") % monday.isocalendar().week,
            days=_from_to(first, last),
            url=_url(View.WEEK, first, person, viewer),
            counts=_counts(entries),
            entries=entries[:MOST_IN_A_WEEK],
            more=max(len(entries) - MOST_IN_A_WEEK, 0),
            is_current=monday <= today <= sunday,
            leave=ngettext("%d day away", "%d days away", away) % away if away else "",
        )


def _counts(entries: Sequence[Entry]) -> str:
    """Return "3 meetings · 2 due", or "" for nothing."""
    due = sum(each.is_due for each in entries)
    meetings = len(entries) - due
    words = []
    if meetings:
        words.append(ngettext("%d meeting", "%d meetings", meetings) % meetings)
    if due:
        words.append(ngettext("%d due", "%d due", due) % due)
    return " · ".join(words)


def _title(span: Span) -> str:
    if span.view == View.MONTH:
        return formats.dated(span.first, "F Y")
    if span.view == View.QUARTER:
        return _("%(first)s to %(last)s") % {
            "first": formats.dated(span.first, "F Y"),
            "last": formats.dated(span.last, "F Y"),
        }
    week = _("Week %d") % span.first.isocalendar().week
    return f"{week}, {_from_to(span.first, span.last)} {span.last.year}"


def _from_to(first: date, last: date) -> str:
    """Return "16 to 22 November", "30 November to 6 December", or one day alone."""
    if first == last:
        return formats.dated(first, "j M")
    same = (first.year, first.month) == (last.year, last.month)
    begins = formats.dated(first, "j" if same else "j M")
    return f"{begins} – {formats.dated(last, 'j M')}"


def _url(view: View, on: date | None, person: User, viewer: User) -> str:
    asked = {"view": view.value}
    if on:
        asked["on"] = on.isoformat()
    if person != viewer:
        asked["of"] = str(person.pk)
    return f"{reverse('meetings:calendar')}?{urlencode(asked)}"


def _at_today(view: View, on: date | None, person: User, viewer: User) -> str:
    """Return an address that opens a long list at today, if today is in it.

    Only where it is one: see .ca-today.
    """
    return f"{_url(view, on, person, viewer)}#today"


def _people(person: User, viewer: User) -> list[Person]:
    """Return whose calendars a leader goes through: the own, and those led. One query.

    Somebody shown who is not among them stands there as well.
    """
    if not viewer.is_manager and person == viewer:
        return []
    led = User.objects.led_by(viewer).active().exclude(pk__in=(viewer.pk, person.pk))
    names = dict(led.values_list("pk", "name")) | {person.pk: person.name}
    names.pop(viewer.pk, None)
    others = sorted(names.items(), key=lambda each: (each[1].casefold(), each[0]))
    return [
        Person(viewer.pk, _("Myself"), viewer == person),
        *(Person(pk, name, pk == person.pk) for pk, name in others),
    ]
