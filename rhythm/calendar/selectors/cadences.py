"""Cadences in plain words: the list of them, and the next dates of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import F, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.calendar.models import Cadence, Meeting, MeetingState, Reach, Scope
from rhythm.calendar.recurrence import OffDays, Rule
from rhythm.calendar.selectors.ground import working_times
from rhythm.calendar.upcoming import Upcoming, upcoming
from rhythm.calendar.wording import listed, rule_words, sentence, time_words
from rhythm.calendar.working import WorkingTime
from rhythm.people.models import User
from rhythm.web.formats import dated, day, day_clock

PER_PAGE = 100
DATES = 10


@dataclass(frozen=True)
class CadenceRow:
    """A cadence in the list."""

    pk: int
    version: int
    name: str
    # What the kind is called where the name is another one.
    kind: str
    when: str
    whom: str
    chair: str
    next: str
    is_mandatory: bool
    # Where it is changed; "" for who may not.
    url: str
    # "", "paused" or "ended".
    state: str
    since: str


@dataclass(frozen=True)
class CadenceGroup:
    """The cadences of one team, or of all."""

    heading: str
    url: str
    rows: list[CadenceRow]


@dataclass(frozen=True)
class CadenceList:
    """A page of the list."""

    groups: list[CadenceGroup]
    resting: list[CadenceRow]
    page: Page[Any]

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.resting


@dataclass(frozen=True)
class DateLine:
    """One of the next dates, in words; `note` tells what a day off does to it."""

    day: str
    note: str = ""
    is_out: bool = False


@dataclass(frozen=True)
class Preview:
    """What a cadence will do. `problem` says why there is nothing to show."""

    sentence: str = ""
    whom: str = ""
    where: str = ""
    dates: Sequence[DateLine] = ()
    problem: str = ""


def cadence_list(viewer: User, *, page: str, now: datetime) -> CadenceList:
    """Return the cadences that the viewer may see, by team. Four queries."""
    found = (
        Cadence.objects.visible_to(viewer)
        .select_related("team", "chair")
        .order_by(F("team__line").asc(nulls_first=True), "kind", "pk")
    )
    shown: Page[Any] = Paginator(found, PER_PAGE).get_page(page)
    cadences = list(shown.object_list)
    groups: dict[int | None, CadenceGroup] = {}
    resting = []
    rows = cadence_rows(cadences, viewer, now)
    for each, row in zip(cadences, rows, strict=True):
        if row.state:
            resting.append(row)
            continue
        team = each.team
        group = groups.setdefault(
            each.team_id,
            CadenceGroup(
                heading=team.name if team else _("Every team"),
                url=reverse("calendar:team_cadences", args=[team.pk]) if team else "",
                rows=[],
            ),
        )
        group.rows.append(row)
    return CadenceList(list(groups.values()), resting, shown)


def cadence_rows(
    cadences: Sequence[Cadence], viewer: User, now: datetime
) -> list[CadenceRow]:
    """Return a row for each, in the order given. Two queries."""
    today = viewer.today(now)
    nexts = _next_meetings(cadences, viewer, now)
    editable = _editable(cadences, viewer)
    return [
        _row(each, nexts.get(each.pk, ""), each.pk in editable, today)
        for each in cadences
    ]


def whom_words(cadence: Cadence) -> str:
    """Return with whom it is: "Central and every team below"."""
    name = {"team": str(cadence.team or "")}
    if cadence.scope == Scope.EACH_REP:
        if cadence.team is None:
            return _("Every manager with each of their people")
        if cadence.reach == Reach.BELOW:
            words = _("Each manager with each of their people, %(team)s and below")
        else:
            words = _("The manager of %(team)s with each of its people")
        return words % name
    if cadence.team is None:
        return _("Every team")
    if cadence.reach == Reach.BELOW:
        return _("%(team)s and every team below") % name
    return name["team"]


def preview(cadence: Cadence, *, now: datetime) -> Preview:
    """Return its rule and next dates in words, by the team's days off. Three queries.

    The cadence need not be saved. Of one for many teams, the topmost tells its days.
    """
    working = working_of(cadence)
    zone = ZoneInfo(cadence.time_zone) if cadence.time_zone else working.zone
    today = now.astimezone(zone).date()
    rule = Rule(
        text=cadence.rule,
        first_on=cadence.first_on,
        at=cadence.at,
        zone=zone,
        minutes=cadence.minutes,
        last_on=cadence.last_on,
        off_days=OffDays(cadence.off_days),
    )
    first = max(today, cadence.first_on)
    lines = [date_line(each, today) for each in upcoming(rule, first, DATES, working)]
    problem = "" if lines else _("It falls on no day any more.")
    return Preview(
        sentence=sentence(cadence),
        whom=whom_words(cadence),
        where=_where(cadence, working),
        dates=lines,
        problem=problem,
    )


def working_of(cadence: Cadence) -> WorkingTime:
    """Return when the team of a cadence works, or the organisation. Three queries."""
    team = cadence.team
    lines: dict[int, tuple[int, ...]] = {team.pk: tuple(team.line)} if team else {0: ()}
    return working_times(lines)[team.pk if team else 0]


def date_line(each: Upcoming, today: date) -> DateLine:
    """Return a date in words: "Mon 28 Dec" "instead of Fri 25 Dec, Christmas Day"."""
    key = day(each.key, today)
    why = each.holiday or _("a day off")
    if each.on is None:
        return DateLine(key, _("falls out: %(why)s") % {"why": why}, is_out=True)
    note = ""
    if each.is_put_off:
        note = _("instead of %(day)s, %(why)s") % {"day": key, "why": why}
    return DateLine(day(each.on, today), note)


def _where(cadence: Cadence, working: WorkingTime) -> str:
    """Return by whose days off the dates were found."""
    told = [str(cadence.team or _("the organisation"))]
    if working.region:
        told.append(_("public holidays of %(region)s") % {"region": working.region})
    return ", ".join(told)


def _next_meetings(
    cadences: Iterable[Cadence], viewer: User, now: datetime
) -> dict[int, str]:
    """Return when each has its next meeting that the viewer may see."""
    ahead = (
        Meeting.objects.visible_to(viewer)
        .filter(cadence__in=cadences, state=MeetingState.PLANNED, starts_at__gt=now)
        .order_by()
        .values_list("cadence")
        .annotate(Min("starts_at"))
    )
    zone, today = ZoneInfo(viewer.time_zone), viewer.today(now)
    return {pk: day_clock(at.astimezone(zone), today) for pk, at in ahead}


def _editable(cadences: Iterable[Cadence], viewer: User) -> set[int]:
    ids = [each.pk for each in cadences]
    if viewer.is_admin:
        return set(ids)
    editable = Cadence.objects.editable_by(viewer).filter(pk__in=ids).order_by()
    return set(editable.values_list("pk", flat=True))


def _row(cadence: Cadence, then: str, may_edit: bool, today: date) -> CadenceRow:
    kind = str(cadence.get_kind_display())
    return CadenceRow(
        pk=cadence.pk,
        version=cadence.version,
        name=str(cadence),
        kind="" if str(cadence) == kind else kind,
        when=when_words(cadence),
        whom=whom_words(cadence),
        chair=cadence.chair.name if cadence.chair else "",
        next=then,
        is_mandatory=cadence.is_mandatory,
        url=reverse("calendar:cadence_edit", args=[cadence.pk]) if may_edit else "",
        state=state_of(cadence, today),
        since=_since(cadence, today),
    )


def when_words(cadence: Cadence) -> str:
    """Return "Every second Tuesday, 09:00 in the team's zone, 45 minutes"."""
    told = rule_words(cadence.rule)
    when = time_words(cadence.at, cadence.time_zone, cadence.minutes)
    return f"{told[:1].upper()}{told[1:]}, {when}"


def state_of(cadence: Cadence, today: date) -> str:
    """Return "ended", "paused", or "" for one that calls meetings."""
    if cadence.last_on and cadence.last_on < today:
        return "ended"
    return "" if cadence.is_active else "paused"


def _since(cadence: Cadence, today: date) -> str:
    told = []
    if cadence.first_on > today:
        told.append(_("from %(day)s") % {"day": day(cadence.first_on, today)})
    if cadence.last_on:
        told.append(_("until %(day)s") % {"day": dated(cadence.last_on, "j M Y")})
    return listed(told) if told else ""
