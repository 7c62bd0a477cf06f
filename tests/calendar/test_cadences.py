"""Cadences: the list, the form, and what their services refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from rhythm.calendar.models import Cadence, Reach, WorkingCalendar
from rhythm.calendar.selectors import cadences as selectors
from rhythm.calendar.services import cadences as services
from rhythm.calendar.services import plan_due
from rhythm.people.models import AuditEntry, Team
from rhythm.web.versions import Conflict
from tests.access import World
from tests.access.cadences import said
from tests.factories.meetings import AgendaTemplateFactory, CadenceFactory
from tests.test_access import world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
LIST = reverse("calendar:cadence_list")
NEW = reverse("calendar:cadence_create")
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def page(browser, url: str) -> str:
    return " ".join(browser.get(url).text.split())


def send(browser, world: World, url: str = NEW, **more):
    return browser.post(url, said(world) | more)


def test_a_manager_makes_one_for_the_own_team(as_user, world):
    response = send(as_user(world.lena), world)

    assert response.status_code == 302
    made = Cadence.objects.get()
    assert made.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert (made.team, made.created_by) == (world.central, world.lena)
    entry = AuditEntry.objects.get(kind="cadence_changed")
    assert (entry.by, entry.subject) == (world.lena, "Forecast call, Central")


def test_nobody_makes_one_for_a_team_they_do_not_lead(as_user, world):
    response = send(as_user(world.lena), world, team=world.west.pk)

    assert response.status_code == 422
    values = {"team": world.west, "reach": Reach.TEAM, "rule": "FREQ=DAILY"}
    with pytest.raises(ValidationError, match="a team that you lead"):
        services.make_cadence(values, by=world.lena)


def test_an_admin_makes_one_for_every_team(as_user, world):
    send(as_user(world.ada), world, team="", is_mandatory="on")

    made = Cadence.objects.get()
    assert (made.team, made.reach, made.is_mandatory) == (None, Reach.BELOW, True)


def test_what_is_for_one_team_is_not_mandatory(as_user, world):
    response = send(as_user(world.lena), world, is_mandatory="on")

    assert response.status_code == 422
    assert "Only what teams below have" in response.text


def test_no_weekday_is_refused_in_words(as_user, world):
    response = send(as_user(world.lena), world, weekdays=[])

    assert response.status_code == 422
    assert "Choose at least one weekday." in response.text


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "nonsense", "FREQ=WEEKLY;BYDAY=XX"])
def test_what_is_no_rule_is_refused(world, rule):
    values = {"team": None, "reach": Reach.BELOW, "rule": rule}
    with pytest.raises(ValidationError):
        services.make_cadence(values, by=world.ada)


def test_the_list_says_it_in_plain_words(as_user, world):
    CadenceFactory(
        team=world.sales,
        reach=Reach.BELOW,
        is_mandatory=True,
        rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        time_zone="",
    )

    shown = page(as_user(world.rita), LIST)

    assert "Every second Tuesday, 09:00 in the team&#x27;s zone, 45 minutes" in shown
    assert "Sales and every team below" in shown
    assert "Mandatory" in shown
    assert "Edit Pipeline review" not in shown


def test_the_list_says_when_the_next_one_is(as_user, world, time_machine):
    time_machine.move_to(NOW)
    CadenceFactory(team=world.central)
    plan_due(now=NOW)

    assert "Next: Tue 24 Nov, 09:00" in page(as_user(world.rita), LIST)


def test_an_empty_list_teaches(as_user, world):
    assert "Nothing calls a meeting yet" in page(as_user(world.lena), LIST)
    assert "Who leads your team can make one" in page(as_user(world.rita), LIST)


def test_queries_do_not_grow_with_the_list(
    as_user, world, django_assert_max_num_queries
):
    CadenceFactory.create_batch(12, team=world.central)
    browser = as_user(world.lena)

    with django_assert_max_num_queries(12):
        browser.get(LIST)


HTMX = {"HX-Request": "true"}


def preview(browser, world, *, headers=None, **more) -> str:
    data = said(world) | {"preview": "1", "first_on": "2026-12-18"} | more
    return " ".join(browser.post(NEW, data, headers=headers or HTMX).text.split())


def test_a_first_day_of_another_age_is_asked_about(as_user, world):
    data = said(world) | {"first_on": "9999-12-31"}

    refused = as_user(world.lena).post(NEW, data)

    assert refused.status_code == 422
    assert "Is the year right?" in refused.text
    assert not Cadence.objects.exists()


def test_the_preview_says_the_rule_and_what_holidays_do(as_user, world, time_machine):
    time_machine.move_to(datetime(2026, 12, 17, tzinfo=UTC))
    WorkingCalendar.objects.create(team=None, region="DE")

    shown = preview(as_user(world.lena), world, weekdays=["4"], weeks="1")

    assert "Every Friday, 09:00" in shown
    assert "Mon 28 Dec" in shown
    assert "instead of Fri 25 Dec, Christmas Day" in shown
    assert shown.split("What it goes through")[0].count("<li") == 10
    assert "<html" not in shown
    assert not Cadence.objects.exists()


def test_the_preview_works_without_javascript(as_user, world):
    shown = preview(as_user(world.lena), world, headers={"Accept": "text/html"})

    assert "<html" in shown
    assert "Every second Tuesday" in shown
    assert not Cadence.objects.exists()


def test_the_preview_waits_for_the_rest(as_user, world):
    shown = preview(as_user(world.lena), world, at="")

    assert "Fill in the rest" in shown


def test_the_form_shows_a_rule_that_it_cannot_say_and_keeps_it(as_user, world):
    rule = "FREQ=YEARLY;BYMONTH=3;BYDAY=1MO"
    cadence = CadenceFactory(team=world.central, rule=rule)
    url = reverse("calendar:cadence_edit", args=[cadence.pk])
    browser = as_user(world.lena)

    assert "As now: every year, in March, on first Monday" in page(browser, url)
    send(browser, world, url, repeat="kept", minutes="30")

    cadence.refresh_from_db()
    assert (cadence.rule, cadence.minutes) == (rule, 30)


def test_an_edit_has_its_meetings_planned_anew(as_user, world):
    cadence = CadenceFactory(team=world.central)
    plan_due(now=NOW)

    send(
        as_user(world.lena),
        world,
        reverse("calendar:cadence_edit", args=[cadence.pk]),
        at="11:00",
    )

    cadence.refresh_from_db()
    assert (cadence.at, cadence.version) == (time(11), 2)
    assert (cadence.plan_at, cadence.planned_through) == (None, None)


def test_an_edit_that_changes_nothing_plans_nothing(world):
    cadence = CadenceFactory(team=world.central)
    plan_due(now=NOW)

    services.edit_cadence(cadence, {"at": time(9)}, by=world.lena, shown_version=1)

    cadence.refresh_from_db()
    assert cadence.version == 1
    assert cadence.plan_at is not None


def test_the_later_of_two_editors_is_told(as_user, world):
    cadence = CadenceFactory(team=world.central)
    services.edit_cadence(cadence, {"minutes": 30}, by=world.ada, shown_version=1)

    response = send(
        as_user(world.lena), world, reverse("calendar:cadence_edit", args=[cadence.pk])
    )

    assert response.status_code == 409
    assert "Somebody changed this while you were editing." in response.text
    cadence.refresh_from_db()
    assert cadence.minutes == 30


def test_who_lost_the_team_while_waiting_changes_nothing(world):
    cadence = CadenceFactory(team=world.central)
    world.central.manager = world.omar
    world.central.save(update_fields=["manager"])

    with pytest.raises(Http404):
        services.pause_cadence(cadence, by=world.lena, shown_version=1)


def test_a_pause_needs_the_version_that_was_seen(world):
    cadence = CadenceFactory(team=world.central)

    with pytest.raises(Conflict):
        services.pause_cadence(cadence, by=world.lena, shown_version=7)


def test_one_that_ends_before_it_began_never_falls_unless_it_is_resumed(world):
    cadence = CadenceFactory(team=world.central, first_on=date(2027, 1, 1))

    services.end_cadence(cadence, on=date(2026, 12, 1), by=world.lena, shown_version=1)

    cadence.refresh_from_db()
    assert (cadence.last_on, cadence.is_active) == (None, False)
    services.resume_cadence(cadence, by=world.lena, shown_version=cadence.version)
    cadence.refresh_from_db()
    assert (cadence.last_on, cadence.is_active) == (None, True)


def test_a_cadence_keeps_an_agenda_that_its_manager_may_not_see(as_user, world):
    send(as_user(world.lena), world)
    theirs, other = AgendaTemplateFactory.create_batch(2, team=world.west)
    Cadence.objects.update(agenda=theirs)
    url = reverse("calendar:cadence_edit", args=[Cadence.objects.get().pk])

    assert f'<option value="{theirs.pk}" selected>' in page(as_user(world.lena), url)
    agenda = {"agenda": theirs.pk, "version": 1, "at": "11:00"}
    send(as_user(world.lena), world, url, **agenda)

    kept = Cadence.objects.get()
    assert (kept.agenda, kept.at) == (theirs, time(11))
    refused = send(as_user(world.lena), world, url, agenda=other.pk, version=2)
    assert refused.status_code == 422


def test_a_long_list_goes_on_from_its_last_row_and_those_that_rest_come_last(
    as_user, world, monkeypatch
):
    monkeypatch.setattr(selectors, "PER_PAGE", 2)
    for team in [world.west, None, world.central]:
        CadenceFactory(team=team, reach=Reach.BELOW, title=f"Of {team or 'all'}")
    resting = {"title": "Resting", "is_active": False}
    CadenceFactory(team=None, reach=Reach.BELOW, **resting)
    browser = as_user(world.ada)

    first = browser.get(LIST).context["cadences"]
    second = browser.get(f"{LIST}?after={first.after}").context["cadences"]

    teams = Team.objects.filter(cadences__isnull=False).order_by("line")
    names = [f"Of {each or 'all'}" for each in [None, *teams]]
    shown = [row.name.split(",")[0] for page in (first, second) for row in rows(page)]
    assert shown == [*names, "Resting"]
    assert second.after is None


def rows(found: selectors.CadenceList) -> list[selectors.CadenceRow]:
    return [row for group in found.groups for row in group.rows] + found.resting


def test_a_key_that_is_none_begins_at_the_start(as_user, world):
    CadenceFactory(team=world.central)

    for after in ("999999", "x", "-1", ""):
        shown = as_user(world.ada).get(f"{LIST}?after={after}").context["cadences"]
        assert len(rows(shown)) == 1
