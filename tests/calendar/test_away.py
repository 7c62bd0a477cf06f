"""Working hours, leave and deputies."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from rhythm.calendar.models import Deputyship, Holiday, Meeting, WorkingCalendar
from rhythm.calendar.services import deputies, plan_due
from rhythm.calendar.services import working as hours
from rhythm.calendar.working import NAMES, countries
from rhythm.people.models import AuditEntry, Leave
from rhythm.people.services import leave as leaves
from rhythm.web.versions import Conflict
from tests.access import World
from tests.access.away import hours as said
from tests.factories.meetings import CadenceFactory
from tests.test_access import world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 8)


def enter(world: World, by, user=None, **more):
    days = {"first_on": FIRST, "last_on": LAST, "today": NOW.date()} | more
    return leaves.enter_leave(user or world.rita, by=by, **days)


def test_everybody_enters_their_own_leave_and_managers_that_of_their_team(world):
    own = enter(world, world.rita)
    enter(world, world.lena, first_on=date(2027, 1, 4), last_on=date(2027, 1, 5))

    assert (own.first_on, own.last_on) == (FIRST, LAST)
    assert Leave.objects.filter(user=world.rita).count() == 2
    entry = AuditEntry.objects.filter(kind="leave_changed").first()
    assert (entry.by, entry.about) == (world.lena, world.rita)


def test_nobody_enters_that_of_others(world):
    with pytest.raises(PermissionDenied):
        enter(world, world.otto)


def test_nobody_is_away_twice_at_once(world):
    enter(world, world.rita)

    with pytest.raises(ValidationError, match="already"):
        enter(world, world.rita, first_on=LAST, last_on=LAST + timedelta(days=3))


def test_leave_ends_after_it_begins(world):
    with pytest.raises(ValidationError, match="ends before"):
        enter(world, world.rita, last_on=FIRST - timedelta(days=1))


@pytest.mark.parametrize(
    ("first_on", "last_on", "field"),
    [
        (date(2026, 12, 1), date(2027, 12, 2), "last_on"),
        (date(2028, 11, 26), date(2028, 12, 1), "first_on"),
        (date(2016, 11, 14), date(2016, 11, 20), "first_on"),
    ],
)
def test_a_mistyped_year_of_leave_is_refused_and_said(world, first_on, last_on, field):
    with pytest.raises(ValidationError, match="Is the year right") as refused:
        enter(world, world.rita, first_on=first_on, last_on=last_on)
    assert [*refused.value.message_dict] == [field]

    made = enter(world, world.rita)
    days = {"first_on": first_on, "last_on": last_on, "today": NOW.date()}
    with pytest.raises(ValidationError, match="Is the year right"):
        leaves.edit_leave(made, by=world.rita, shown_version=made.version, **days)


def test_leave_of_a_whole_year_is_taken(world):
    made = enter(world, world.rita, last_on=FIRST + timedelta(days=365))

    assert Leave.objects.get() == made


def test_the_later_of_two_editors_of_leave_is_told(world):
    made = enter(world, world.rita)
    days = {"first_on": FIRST, "last_on": FIRST}
    today = NOW.date()
    leaves.edit_leave(made, by=world.lena, today=today, shown_version=1, **days)

    with pytest.raises(Conflict):
        leaves.remove_leave(made, by=world.rita, shown_version=1)


def test_who_is_away_stands_on_a_page(world, as_user, time_machine):
    time_machine.move_to(NOW)
    enter(world, world.rita)
    url = reverse("calendar:away")

    assert "Rita Reyes" in as_user(world.lena).get(url).text
    assert "Tue 1 Dec – Tue 8 Dec" in as_user(world.lena).get(url).text
    assert "Rita Reyes" not in as_user(world.otto).get(url).text


def test_leave_that_was_entered_early_is_found_again_by_who_may_change_it(
    world, as_user, time_machine
):
    time_machine.move_to(NOW)
    early = date(2027, 8, 2)
    made = enter(world, world.rita, first_on=early, last_on=early)
    url, edit = reverse("calendar:away"), reverse("calendar:leave_edit", args=[made.pk])

    assert edit in as_user(world.rita).get(url).text
    assert edit in as_user(world.lena).get(url).text
    assert "2 Aug" not in as_user(world.max).get(url).text


def test_a_deputy_that_was_named_early_is_found_again(world, as_user, time_machine):
    time_machine.move_to(NOW)
    days = {"first_on": date(2027, 8, 2), "last_on": date(2027, 8, 6)}
    days |= {"today": NOW.date()}
    deputies.name_deputy(world.lena, world.omar, by=world.lena, **days)
    url = reverse("calendar:away")

    assert "2 Aug" in as_user(world.lena).get(url).text
    assert "2 Aug" not in as_user(world.rita).get(url).text


def test_a_deputy_chairs_from_a_day_to_a_day_and_gives_it_back(world):
    CadenceFactory(team=world.central)
    named = deputies.name_deputy(
        *(world.lena, world.omar),
        first_on=FIRST,
        last_on=LAST,
        by=world.lena,
        today=FIRST,
    )
    plan_due(now=NOW)
    assert Meeting.objects.filter(deputy=world.omar).count() == 2

    deputies.remove_deputy(named, by=world.lena)
    plan_due(now=NOW)

    assert not Meeting.objects.filter(deputy=world.omar).exists()
    assert AuditEntry.objects.filter(kind="deputy_changed").count() == 2


@pytest.mark.parametrize("who", ["lena", "dora"])
def test_nobody_stands_in_for_themselves_or_without_a_sign_in(world, who):
    with pytest.raises(ValidationError):
        deputies.name_deputy(
            world.lena,
            getattr(world, who),
            first_on=FIRST,
            last_on=LAST,
            by=world.lena,
            today=FIRST,
        )


def test_an_admin_who_leads_nobody_names_others(world):
    """Whoever chairs is in the 1:1s, and an admin has no business there."""
    days = {"first_on": FIRST, "last_on": LAST, "by": world.ada, "today": FIRST}

    with pytest.raises(ValidationError, match="name you") as refused:
        deputies.name_deputy(world.lena, world.ada, **days)

    assert list(refused.value.message_dict) == ["deputy"]
    assert deputies.name_deputy(world.lena, world.omar, **days).pk


def test_who_leads_a_leader_stands_in_for_them(world):
    days = {"first_on": FIRST, "last_on": LAST, "by": world.vera, "today": FIRST}

    assert deputies.name_deputy(world.lena, world.vera, **days).pk


def test_nobody_is_named_for_days_that_are_over(world):
    """It was taken, and stood nowhere: as if the meetings to come had a deputy."""
    days = {"first_on": FIRST, "last_on": LAST, "by": world.lena}

    deputies.name_deputy(world.lena, world.omar, today=LAST, **days).delete()
    with pytest.raises(ValidationError, match="over"):
        later = LAST + timedelta(days=1)
        deputies.name_deputy(world.lena, world.omar, today=later, **days)


def test_two_do_not_stand_in_on_one_day(world):
    days = {"first_on": FIRST, "last_on": LAST, "by": world.lena, "today": FIRST}
    deputies.name_deputy(world.lena, world.omar, **days)

    with pytest.raises(ValidationError, match="already"):
        deputies.name_deputy(world.lena, world.vera, **days)


def test_nobody_gives_away_the_chair_of_others(world):
    with pytest.raises(PermissionDenied):
        deputies.name_deputy(
            *(world.lena, world.otto),
            first_on=FIRST,
            last_on=LAST,
            by=world.otto,
            today=FIRST,
        )


def test_a_team_has_its_own_hours_and_public_holidays(world, as_user):
    url = reverse("calendar:working_team", args=[world.central.pk])
    browser = as_user(world.lena)

    response = browser.post(url, said(world) | {"time_zone": "Europe/Vienna"})

    assert response.status_code == 302
    made = WorkingCalendar.objects.get()
    assert (made.region, made.weekdays, made.version) == ("DE-BY", [0, 1], 1)
    shown = browser.get(reverse("calendar:working_list")).text
    assert "Mon, Tue · 09:00" in shown
    assert "09:00 – 17:00 · Vienna · public holidays of Germany, Bayern" in shown


def test_countries_are_called_as_people_call_them():
    names = [name for _code, name in countries()]

    assert names.index("Afghanistan") < names.index("Åland Islands") < 2
    assert {"Isle of Man", "Saint Vincent and the Grenadines", "Curaçao"} < {*names}
    run_together = re.compile(r"[A-Z]{2}|(?<!Mc)(?<=[a-z])[A-Z]| (And|Of|The) ")
    assert [each for each in names if run_together.search(each)] == []
    assert NAMES.keys() <= dict(countries()).keys()


def test_a_part_that_no_country_has_is_refused(world, as_user):
    url = reverse("calendar:working_team", args=[world.central.pk])

    response = as_user(world.lena).post(url, said(world) | {"part": "Texas"})

    assert response.status_code == 422
    assert "No part of this country" in response.text


def test_the_later_of_two_is_told_of_other_hours(world, as_user):
    url = reverse("calendar:working_team", args=[world.central.pk])
    browser = as_user(world.lena)
    browser.post(url, said(world))

    mine = said(world) | {"weekdays": ["4"], "opens_at": "07:15"}
    response = browser.post(url, mine)

    assert response.status_code == 409
    assert "Somebody changed this while you were editing." in response.text
    assert "<td>Monday, Tuesday</td><td>Friday</td>" in response.text
    # What was typed is still there, and is saved when its writer says so.
    assert 'value="07:15"' in response.text
    assert WorkingCalendar.objects.get().weekdays == [0, 1]
    browser.post(url, mine | {"version": WorkingCalendar.objects.get().version})
    assert WorkingCalendar.objects.get().weekdays == [4]


def test_a_team_works_as_the_one_above_again(world):
    WorkingCalendar.objects.create(team=world.central)

    hours.as_above(world.central, by=world.lena, shown_version=1)

    assert not WorkingCalendar.objects.exists()


def test_a_day_off_puts_off_the_meeting(world, as_user):
    CadenceFactory(team=world.central)
    company = WorkingCalendar.objects.create(team=None)
    plan_due(now=NOW)
    url = reverse("calendar:day_off_add", args=[company.pk])

    as_user(world.ada).post(url, {"on": "2026-11-24", "name": "Offsite"})
    plan_due(now=NOW)

    first = Meeting.objects.order_by("starts_at").first()
    assert first.starts_at.date() == date(2026, 11, 25)


def test_a_day_off_sent_twice_is_one_and_another_name_is_refused(world):
    company = WorkingCalendar.objects.create(team=None)
    for _time in range(2):
        hours.add_day_off(company, FIRST, "Offsite", by=world.ada)

    assert Holiday.objects.count() == 1
    with pytest.raises(ValidationError, match="off already"):
        hours.add_day_off(company, FIRST, "Fair", by=world.ada)


def test_the_chair_is_named_by_its_form(world, as_user):
    url = reverse("calendar:deputy_create")
    sent = {
        "leader": world.lena.pk,
        "deputy": world.omar.pk,
        "first_on": "2026-12-01",
        "last_on": "2026-12-08",
    }

    assert as_user(world.lena).post(url, sent).status_code == 302
    assert Deputyship.objects.get().deputy == world.omar
