"""Sees whether what meetings are derived from is as the planner saw it last."""

from __future__ import annotations

from django.db import connection, transaction

from rhythm.calendar.models import Cadence, Planning, Scope

# Everything that meetings are derived from, and who changed it last; and leave, which
# concerns only those with one person.
SEEN = """
    SELECT array_to_string(ARRAY[
        (SELECT max(id) FROM people_team),
        (SELECT max(pgh_id) FROM people_teamevent),
        (SELECT max(id) FROM people_membership),
        (SELECT count(until) FROM people_membership),
        (SELECT max(pgh_id) FROM people_userevent),
        (SELECT max(id) FROM calendar_workingcalendar),
        (SELECT max(pgh_id) FROM calendar_workingcalendarevent),
        (SELECT max(id) FROM calendar_holiday),
        (SELECT max(pgh_id) FROM calendar_holidayevent),
        (SELECT max(id) FROM calendar_deputyship),
        (SELECT max(pgh_id) FROM calendar_deputyshipevent)
    ], ' ', '-') || ' ' || (SELECT max(time_zone) FROM people_organisation),
    array_to_string(ARRAY[
        (SELECT max(id) FROM people_leave),
        (SELECT max(pgh_id) FROM people_leaveevent)
    ], ' ', '-'),
    (SELECT seen FROM calendar_planning WHERE id = 1)
"""


def look_around() -> None:
    """Have cadences planned anew if what they depend on has changed.

    One query where it has not.
    """
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
        around, leave, last = cursor.fetchone()
    seen = f"{around or ''}|{leave}"
    if last == seen:
        return
    concerned = Cadence.objects.active()
    if last and last.rpartition("|")[0] == (around or ""):
        concerned = concerned.filter(scope=Scope.EACH_REP)
    with transaction.atomic():
        Planning.objects.update_or_create(pk=1, defaults={"seen": seen})
        concerned.update(plan_at=None)
