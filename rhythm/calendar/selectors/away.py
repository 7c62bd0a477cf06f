"""Who is away, who stands in, and when teams work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from rhythm.calendar.models import Deputyship, Holiday, WorkingCalendar
from rhythm.calendar.selectors.ground import working_times
from rhythm.calendar.wording import zone_words
from rhythm.calendar.working import WorkingTime, region_words
from rhythm.people.models import Leave, Team, User
from rhythm.web.formats import day

# So far ahead people are said to be away.
AHEAD = timedelta(weeks=8)
MOST = 200


@dataclass(frozen=True)
class AwayRow:
    """Leave, or a deputyship, in a list."""

    pk: int
    version: int
    who: str
    deputy: str
    days: str
    is_now: bool
    # Where it is changed, and taken back. "" for who may not.
    edit_url: str
    remove_url: str


@dataclass(frozen=True)
class Away:
    """The page of who is away."""

    own: list[AwayRow]
    others: list[AwayRow]
    deputies: list[AwayRow]


@dataclass(frozen=True)
class WorkingRow:
    """When a team works, in words."""

    name: str
    words: str
    # It says so itself; else it works as the one above.
    is_own: bool
    url: str
    # How many teams stand above it; the organisation stands above all.
    depth: int = 0


def away(viewer: User, *, now: datetime) -> Away:
    """Return who is away now and in the weeks to come. Five queries.

    What the viewer may change is there however far ahead it is: who enters it early
    finds it again.
    """
    today = viewer.today(now)
    mine = Leave.objects.filter(user=viewer, last_on__gte=today).select_related("user")
    leave, leading = Leave.objects.visible_to(viewer), Leave.objects.editable_by(viewer)
    others = leave.exclude(user=viewer).filter(_is_shown(leading, today))
    others = others.select_related("user")[:MOST]
    editable = set(
        leading.filter(pk__in=[each.pk for each in others])
        .order_by()
        .values_list("pk", flat=True)
    )
    named = Deputyship.objects.editable_by(viewer)
    deputies = Deputyship.objects.visible_to(viewer).filter(_is_shown(named, today))
    deputies = deputies.select_related("leader", "deputy")[:MOST]
    led = set(
        named.filter(pk__in=[each.pk for each in deputies])
        .order_by()
        .values_list("pk", flat=True)
    )
    return Away(
        own=[_leave(each, True, today) for each in mine[:MOST]],
        others=[_leave(each, each.pk in editable, today) for each in others],
        deputies=[_deputy(each, each.pk in led, today) for each in deputies],
    )


def _is_shown(editable: QuerySet[Leave] | QuerySet[Deputyship], today: date) -> Q:
    """Return what is not over: that of the next weeks, and what one may change."""
    own = Q(pk__in=editable.order_by().values("pk"))
    return Q(last_on__gte=today) & (Q(first_on__lte=today + AHEAD) | own)


def working_rows(viewer: User) -> list[WorkingRow]:
    """Return when the organisation works, and each team. Five queries."""
    teams = list(Team.objects.visible_to(viewer).order_by("line"))
    lines = {each.pk: tuple(each.line) for each in teams}
    times = working_times({0: (), **lines})
    own = set(WorkingCalendar.objects.values_list("team_id", flat=True))
    led = set(Team.objects.led_by(viewer).order_by().values_list("pk", flat=True))
    rows = [
        WorkingRow(
            name=_("The organisation"),
            words=working_words(times[0]),
            is_own=True,
            url=reverse("calendar:working_company") if viewer.is_admin else "",
        )
    ]
    for team in teams:
        may_set = viewer.is_admin or team.pk in led
        url = reverse("calendar:working_team", args=[team.pk]) if may_set else ""
        words = working_words(times[team.pk])
        rows.append(WorkingRow(team.name, words, team.pk in own, url, len(team.line)))
    return rows


def working_words(working: WorkingTime) -> str:
    """Return "Mon, Tue, Wed, Thu, Fri, 09:00 to 17:00, Berlin, holidays of DE"."""
    days = ", ".join(str(WEEKDAYS_ABBR[each]) for each in sorted(working.weekdays))
    hours = f"{working.opens_at:%H:%M} – {working.closes_at:%H:%M}"
    told = [days, hours, zone_words(working.zone.key)]
    if working.region:
        region = region_words(working.region)
        told.append(_("public holidays of %(region)s") % {"region": region})
    return " · ".join(told)


def days_off(calendar: WorkingCalendar, *, today: date) -> list[tuple[int, str, str]]:
    """Return (id, day, name) of the company's own days off that are ahead."""
    found = Holiday.objects.filter(calendar=calendar, on__gte=today)[:MOST]
    return [(each.pk, day(each.on, today), each.name) for each in found]


def _leave(leave: Leave, may_edit: bool, today: date) -> AwayRow:
    args = [leave.pk]
    return AwayRow(
        pk=leave.pk,
        version=leave.version,
        who=leave.user.name,
        deputy="",
        days=_days(leave.first_on, leave.last_on, today),
        is_now=leave.first_on <= today,
        edit_url=reverse("calendar:leave_edit", args=args) if may_edit else "",
        remove_url=reverse("calendar:leave_remove", args=args) if may_edit else "",
    )


def _deputy(each: Deputyship, may_edit: bool, today: date) -> AwayRow:
    url = reverse("calendar:deputy_remove", args=[each.pk]) if may_edit else ""
    return AwayRow(
        pk=each.pk,
        version=0,
        who=each.leader.name,
        deputy=each.deputy.name,
        days=_days(each.first_on, each.last_on, today),
        is_now=each.first_on <= today,
        edit_url="",
        remove_url=url,
    )


def _days(first: date, last: date, today: date) -> str:
    if first == last:
        return day(first, today)
    return f"{day(first, today)} – {day(last, today)}"
