"""What moved is told to those concerned, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from rhythm.calendar.models import (
    Cadence,
    Deputyship,
    Holiday,
    Meeting,
    WorkingCalendar,
)
from rhythm.calendar.services import cadences as services
from rhythm.calendar.services import plan_due
from rhythm.notices.models import Notice
from rhythm.people.models import Membership
from tests.factories.meetings import CadenceFactory
from tests.two import all_at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def review(central, lena, rita) -> Cadence:
    """Central's weekly pipeline review, Tuesdays at nine, its meetings there."""
    cadence = CadenceFactory(team=central)
    plan_due(now=NOW)
    return cadence


def edit(cadence, ada, **values):
    services.edit_cadence(cadence, values, by=ada, shown_version=None)
    return plan_due(now=NOW)


def told() -> dict[str, Notice]:
    found = Notice.objects.filter(kind="calendar.replanned")
    return {each.recipient.name: each for each in found.select_related("recipient")}


def test_a_new_cadence_tells_nobody(review):
    assert not told()


def test_another_hour_is_told_once_to_each_in_their_own_time(review, ada, rita):
    rita.time_zone = "America/New_York"
    rita.save(update_fields=["time_zone"])

    edit(review, ada, at=time(10, 30))
    plan_due(now=NOW)

    assert set(told()) == {"Lena Lang", "Rita Reyes"}
    notice = told()["Lena Lang"]
    assert notice.subject == "New times: Pipeline review"
    assert "- Tue 24 Nov, 09:00 → Tue 24 Nov, 10:30, Central" in notice.text
    assert "and 2 more" in notice.text
    assert "Times are those of Berlin." in notice.text
    text = told()["Rita Reyes"].text
    assert "- Tue 24 Nov, 03:00 → Tue 24 Nov, 04:30" in text
    assert "Times are those of New York." in text


def test_news_lead_to_the_one_meeting_or_to_the_own_calendar(review, ada):
    edit(review, ada, at=time(10, 30))
    assert told()["Lena Lang"].url == "/meetings/"

    company = WorkingCalendar.objects.create()
    Holiday.objects.create(calendar=company, on=date(2026, 12, 1), name="Founders")
    plan_due(now=NOW)

    last = Notice.objects.filter(recipient__name="Lena Lang").first()
    assert last.url == Meeting.objects.get(key_on=date(2026, 12, 1)).get_absolute_url()


def test_another_weekday_says_what_is_off_and_what_takes_its_place(review, ada):
    edit(review, ada, rule="FREQ=WEEKLY;BYDAY=WE")

    text = told()["Rita Reyes"].text
    assert "It does not take place:\n- Tue 24 Nov, 09:00, Central" in text
    assert "It takes place:\n- Wed 25 Nov, 09:00, Central" in text


def test_a_pause_is_told_as_called_off_and_the_way_back_too(review, ada):
    edit(review, ada, is_active=False)
    assert told()["Rita Reyes"].subject == "Called off: Pipeline review"

    edit(review, ada, is_active=True)

    last = Notice.objects.filter(recipient__name="Rita Reyes").first()
    assert "it takes place again" in last.text


def test_several_that_end_at_once_are_one_notice_that_names_them(
    central, review, ada, lena
):
    huddle = CadenceFactory(team=central, kind="huddle", rule="FREQ=WEEKLY;BYDAY=FR")
    one_on_one = CadenceFactory(team=central, kind="one_on_one", scope="each_rep")
    plan_due(now=NOW)
    for each in (review, huddle, one_on_one):
        services.pause_cadence(each, by=ada, shown_version=None)

    plan_due(now=NOW)

    found = Notice.objects.get(recipient__name="Rita Reyes")
    assert found.subject == "Called off: Pipeline review, Huddle and 1:1"
    for line in ("Tue 24 Nov, 09:00, Central", "Fri 27 Nov, 09:00, Central"):
        assert f"- {line}" in found.text


def test_what_nobody_was_told_of_is_called_off_without_a_word(central, rita, ada):
    # The first of its meetings is nine days ahead: nobody was invited to it yet.
    far = CadenceFactory(team=central, first_on=date(2026, 12, 2))
    plan_due(now=NOW)
    Meeting.objects.update(created_at=NOW)
    services.pause_cadence(far, by=ada, shown_version=None)

    plan_due(now=NOW)

    assert not Meeting.objects.filter(state="planned").exists()
    assert not told()


@pytest.mark.parametrize(
    "known", [{"created_at": NOW - timedelta(days=1)}, {"reminded_minutes": 20_160}]
)
def test_what_was_reminded_of_or_stood_in_calendars_is_told(central, ada, rita, known):
    far = CadenceFactory(team=central, first_on=date(2026, 12, 2))
    plan_due(now=NOW)
    Meeting.objects.update(**{"created_at": NOW} | known)
    services.pause_cadence(far, by=ada, shown_version=None)

    plan_due(now=NOW)

    assert "Rita Reyes" in told()


def test_another_length_or_title_is_no_mail(review, ada):
    edit(review, ada, minutes=30, title="Monday start")

    assert not told()


def test_another_chair_tells_the_new_one_alone(review, ada, omar):
    edit(review, ada, chair=omar)

    assert set(told()) == {"Omar Odeh"}
    assert told()["Omar Odeh"].subject == "You chair it now: Pipeline review"


def test_a_deputy_hears_what_they_chair(review, lena, omar):
    Deputyship.objects.create(
        leader=lena, deputy=omar, first_on=date(2026, 12, 1), last_on=date(2026, 12, 8)
    )

    plan_due(now=NOW)

    assert "- Tue 1 Dec, 09:00, Central" in told()["Omar Odeh"].text


def test_a_day_off_that_somebody_enters_is_told(review):
    company = WorkingCalendar.objects.create(team=None)
    plan_due(now=NOW)
    Holiday.objects.create(calendar=company, on=date(2026, 11, 24), name="Offsite")

    plan_due(now=NOW)

    assert (
        "- Tue 24 Nov, 09:00 → Wed 25 Nov, 09:00, Central" in told()["Rita Reyes"].text
    )


def test_who_leaves_the_team_hears_nothing_of_every_meeting(review, rita):
    Membership.objects.filter(user=rita).update(until=NOW.date())

    plan_due(now=NOW)

    assert not told()


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_tell_each_once(central, lena, rita, ada):
    cadence = CadenceFactory(team=central)
    plan_due(now=NOW)
    services.edit_cadence(cadence, {"at": time(11)}, by=ada, shown_version=None)

    all_at_once(*[lambda: plan_due(now=NOW)] * 2)

    assert set(told()) == {"Lena Lang", "Rita Reyes"}
    assert Notice.objects.count() == 2
