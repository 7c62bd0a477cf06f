"""Cadences in plain words: the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.calendar.levels import goes_by_level, hour_of
from rhythm.calendar.models import (
    Cadence,
    Meeting,
    MeetingState,
    Reach,
    Scope,
)
from rhythm.calendar.selectors.ground import team_levels
from rhythm.calendar.wording import (
    listed,
    rule_words,
    time_words,
)
from rhythm.people.models import User
from rhythm.web.formats import dated, day, day_clock
from rhythm.web.pages import beyond

PER_PAGE = 100
# What calls nothing comes last; what is for every team comes before each team's own.
ORDER = ("is_resting", "under", "kind", "pk")


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
    """A page of the list. `after` is the key to go on from, None at the end."""

    groups: list[CadenceGroup]
    resting: list[CadenceRow]
    after: int | None

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.resting


def cadence_list(viewer: User, *, after: int | None, now: datetime) -> CadenceList:
    """Return the cadences that the viewer may see, by team. Seven queries at most.

    after is the key of the last cadence on the page before.
    """
    found = _in_order(viewer, now)
    last = found.filter(pk=after).first() if after else None
    if last:
        found = found.filter(beyond(last, ORDER))
    cadences = list(found.select_related("team", "chair")[: PER_PAGE + 1])
    is_more, cadences = len(cadences) > PER_PAGE, cadences[:PER_PAGE]
    groups: dict[int | None, CadenceGroup] = {}
    resting = []
    rows = cadence_rows(cadences, viewer, now, team_levels())
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
    last_shown = cadences[-1].pk if is_more else None
    return CadenceList(list(groups.values()), resting, last_shown)


def _in_order(viewer: User, now: datetime) -> QuerySet[Any]:
    """Return what the viewer may see, with the columns of `ORDER`."""
    # Without a last day the comparison alone would be null, which sorts after true.
    ended = Q(last_on__isnull=False, last_on__lte=viewer.today(now))
    seen = Cadence.objects.visible_to(viewer)
    return seen.with_rank(Q(is_active=False) | ended).order_by(*ORDER)


def cadence_rows(
    cadences: Sequence[Cadence],
    viewer: User,
    now: datetime,
    levels: Mapping[int, int],
) -> list[CadenceRow]:
    """Return a row for each, in the order given. Two queries.

    levels are those of all teams, see `team_levels`.
    """
    today = viewer.today(now)
    nexts = _next_meetings(cadences, viewer, now)
    editable = _editable(cadences, viewer)
    return [
        _row(each, nexts.get(each.pk, ""), each.pk in editable, today, levels)
        for each in cadences
    ]


def whom_words(cadence: Cadence) -> str:
    """Return with whom it is: "Central and every team below"."""
    name = {"team": str(cadence.team or "")}
    if cadence.scope == Scope.EACH_REP:
        if cadence.team is None:
            return _("Every manager with each of their people, one after another")
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


def whom_and_when(cadence: Cadence, levels: Mapping[int, int]) -> str:
    """Return with whom it is, and the hour of each level where they differ."""
    whom = whom_words(cadence)
    top = levels.get(cadence.team_id or 0, max(levels.values(), default=0))
    if not (top and goes_by_level(cadence)):
        return whom
    hours = listed(f"{hour_of(cadence, each):%H:%M}" for each in range(top + 1))
    return _("%(whom)s, level after level from below: %(hours)s") % {
        "whom": whom,
        "hours": hours,
    }


def _next_meetings(
    cadences: Iterable[Cadence], viewer: User, now: datetime
) -> dict[int, str]:
    """Return when each has its next meeting that the viewer may see.

    What a pause or an end calls off at the next tick is none any more.
    """
    is_kept = Q(cadence__last_on=None) | Q(key_on__lte=F("cadence__last_on"))
    ahead = (
        Meeting.objects.visible_to(viewer)
        .filter(cadence__in=cadences, state=MeetingState.PLANNED, starts_at__gt=now)
        .filter(is_kept, cadence__is_active=True)
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


def _row(
    cadence: Cadence, then: str, may_edit: bool, today: date, levels: Mapping[int, int]
) -> CadenceRow:
    kind = str(cadence.get_kind_display())
    return CadenceRow(
        pk=cadence.pk,
        version=cadence.version,
        name=str(cadence),
        kind="" if str(cadence) == kind else kind,
        when=when_words(cadence),
        whom=whom_and_when(cadence, levels),
        chair=cadence.chair.name if cadence.chair else "",
        next=then,
        is_mandatory=cadence.is_mandatory,
        url=reverse("calendar:cadence_edit", args=[cadence.pk]) if may_edit else "",
        state=_state(cadence, today, has_next=bool(then)),
        since=_since(cadence, today),
    )


def when_words(cadence: Cadence) -> str:
    """Return "Every second Tuesday, 09:00 in the team's zone, 45 minutes"."""
    told = rule_words(cadence.rule)
    when = time_words(cadence.at, cadence.time_zone, cadence.minutes)
    return f"{told[:1].upper()}{told[1:]}, {when}"


def _state(cadence: Cadence, today: date, *, has_next: bool) -> str:
    """Return "ended", "paused", or "" for one that calls meetings.

    On its last day it has ended once nothing of that day is ahead.
    """
    last_on = cadence.last_on or date.max
    if last_on < today or (last_on == today and not has_next):
        return "ended"
    return "" if cadence.is_active else "paused"


def _since(cadence: Cadence, today: date) -> str:
    told = []
    if cadence.first_on > today:
        told.append(_("from %(day)s") % {"day": day(cadence.first_on, today)})
    if cadence.last_on:
        told.append(_("until %(day)s") % {"day": dated(cadence.last_on, "j M Y")})
    return listed(told) if told else ""
