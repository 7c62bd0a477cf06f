"""Changes to when people work."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from rhythm.calendar.models import Holiday, WorkingCalendar
from rhythm.calendar.working import is_region
from rhythm.people.models import AuditKind, Team, User
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save
from rhythm.web.versions import Conflict, changed_fields, check_version

# The first calendar of a team is made once, whoever is first.
LOCK = "SELECT pg_advisory_xact_lock(7462011)"


@transaction.atomic
def set_working_time(
    team: Team | None, values: dict[str, Any], *, by: User, shown_version: int
) -> WorkingCalendar:
    """Say when a team works; None is the organisation. What is ahead follows.

    values: time_zone, region, weekdays, opens_at, closes_at. shown_version is 0 where
    there was none.

    Raises Conflict, PermissionDenied, and ValidationError.
    """
    calendar = _locked(team, by) or WorkingCalendar(team=team, version=0)
    if calendar.version:
        check_version(calendar, shown_version)
    elif shown_version:
        raise Conflict(calendar)
    _check(values)
    before = audit.values_of(calendar, values)
    changed = changed_fields(calendar, values)
    if calendar.pk and not changed:
        return calendar
    calendar.version += 1
    check_and_save(
        calendar, update_fields=[*changed, "version"] if calendar.pk else None
    )
    _record(calendar, by, audit.changes(calendar, before) or _("made"))
    return calendar


@transaction.atomic
def as_above(team: Team, *, by: User, shown_version: int) -> None:
    """Let a team work as the nearest one above does. Its own days off go, too."""
    calendar = _locked(team, by)
    if calendar is None:
        return
    check_version(calendar, shown_version)
    _record(calendar, by, _("as the team above"))
    for day in calendar.holidays.all():
        day.delete()
    calendar.delete()


@transaction.atomic
def add_day_off(calendar: WorkingCalendar, on: date, name: str, *, by: User) -> Holiday:
    """Return a day of the company's own on which nobody works.

    The same form sent twice makes one. Raises ValidationError for a day that is off
    under another name.
    """
    found = _locked(calendar.team, by)
    if found is None:
        raise ValidationError(_("Say first when this team works."))
    twin = Holiday.objects.filter(calendar=found, on=on, name=name).first()
    if twin:
        return twin
    day = Holiday(calendar=found, on=on, name=name)
    check_and_save(day)
    _record(found, by, _("off: %(day)s") % {"day": day})
    return day


@transaction.atomic
def remove_day_off(day: Holiday, *, by: User) -> None:
    """Let people work on the day again."""
    calendar = _locked(day.calendar.team, by)
    if calendar and Holiday.objects.filter(pk=day.pk).exists():
        _record(calendar, by, _("not off any more: %(day)s") % {"day": day})
        day.delete()


def suggested(team: Team | None) -> WorkingCalendar:
    """Return how the team works now, by those above, to be saved as its own."""
    line = [] if team is None else team.line
    calendars = {each.team_id: each for each in WorkingCalendar.objects.all()}
    near = next(
        (calendars[each] for each in (*reversed(line), None) if each in calendars),
        WorkingCalendar(),
    )
    return WorkingCalendar(
        team=team,
        time_zone=near.time_zone if near.team_id else "",
        region=near.region,
        weekdays=near.weekdays,
        opens_at=near.opens_at,
        closes_at=near.closes_at,
    )


def may_set(team: Team | None, person: User) -> bool:
    """Return whether the person may say when the team, or the organisation, works."""
    if not person.is_active:
        return False
    if person.is_admin:
        return True
    if team is None:
        return False
    return Team.objects.led_by(person).filter(pk=team.pk).exists()


def _check(values: dict[str, Any]) -> None:
    if values["region"] and not is_region(values["region"]):
        raise ValidationError({"region": _("Its public holidays are not known.")})
    if values["closes_at"] <= values["opens_at"]:
        raise ValidationError({"closes_at": _("It ends before it begins.")})


def _locked(team: Team | None, by: User) -> WorkingCalendar | None:
    if not may_set(team, by):
        raise PermissionDenied
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    found = WorkingCalendar.objects.select_related("team").select_for_update(
        of=("self",)
    )
    return found.filter(team=team).first()


def _record(calendar: WorkingCalendar, by: User, text: str) -> None:
    audit.record(
        AuditKind.WORKING_TIME_CHANGED, by=by, subject=str(calendar), text=text
    )
