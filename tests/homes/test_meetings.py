"""The meetings around now, on the first pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.accounts import services as accounts
from pipeline.runner import services as runner
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from scorecards.homes.selectors.meetings import MOST, around
from tests.factories.meetings import CadenceFactory, MeetingFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def meet(central, lena, **values):
    hours = values.pop("hours", 1)
    now = timezone.now()
    wanted = {"starts_at": now + timedelta(hours=hours)} | values
    if wanted.get("state") == MeetingState.MISSED:
        wanted["missed_at"] = now
    if wanted.get("state") in (MeetingState.RUNNING, MeetingState.HELD):
        wanted["started_at"] = wanted["starts_at"]
    if wanted.get("state") == MeetingState.HELD:
        wanted["ended_at"] = wanted["starts_at"]
    return MeetingFactory(team=central, chair=lena, **wanted)


def seen(viewer):
    visible = Meeting.objects.visible_to(viewer)
    return around(visible, viewer, now=timezone.now())


def test_each_sort_stands_by_itself(central, lena, rita):
    for hours in (30, 2, 50):
        meet(central, lena, hours=hours)
    meet(central, lena, hours=-1, state=MeetingState.RUNNING)
    meet(central, lena, hours=-30, state=MeetingState.MISSED)
    meet(central, lena, hours=-50, state=MeetingState.HELD)
    meet(central, lena, hours=-500, state=MeetingState.MISSED)
    meet(central, lena, hours=3, state=MeetingState.SKIPPED, reason="Trade fair")

    found = seen(rita)

    assert [len(found.running), len(found.missed), len(found.held)] == [1, 1, 1]
    times = [each.at for each in found.planned]
    assert len(times) == 3
    assert times == sorted(times)
    assert found.words() == "1 running, 1 missed, 3 to come, 1 held in two weeks"


def test_what_a_rule_calls_in_a_month_is_not_near(central, lena, rita):
    cadence = CadenceFactory(team=central)
    later = meet(central, lena, hours=24 * 30)
    Meeting.objects.filter(pk=later.pk).update(
        cadence=cadence, key_on=later.starts_at.date(), called_for=later.starts_at
    )

    assert not seen(rita).planned


def test_many_of_one_sort_leave_room_for_the_others(central, lena, rita):
    for hours in range(1, 3 * MOST):
        meet(central, lena, hours=hours)
    meet(central, lena, hours=-50, state=MeetingState.HELD)

    found = seen(rita)

    assert len(found.planned) == MOST
    assert len(found.held) == 1
    assert found.words() == f"{3 * MOST - 1} to come, 1 held in two weeks"


def test_a_missed_one_is_offered_to_whoever_runs_it(central, lena, rita):
    missed = meet(central, lena, hours=-30, state=MeetingState.MISSED)

    (mine,), (others,) = seen(lena).missed, seen(rita).missed

    assert (mine.button, others.button) == ("Hold it late", "See")
    assert mine.url == reverse("meetings:meeting_detail", args=[missed.pk])


def test_a_review_that_runs_is_gone_on_with_in_its_room(central, lena, rita):
    running = meet(central, lena, hours=-1, state=MeetingState.RUNNING)
    review = ReviewFactory(meeting=running)
    other = meet(
        central,
        lena,
        hours=-1,
        state=MeetingState.RUNNING,
        kind=MeetingKind.TEAM_MEETING,
    )

    urls = {each.subject: each.url for each in seen(lena).running}

    assert urls == {
        "Pipeline review, Central": review.get_absolute_url(),
        "Team meeting, Central": other.get_absolute_url(),
    }


def test_each_kind_leads_to_its_own_room_and_its_minutes(central, lena, rita):
    now = timezone.now()
    running = meet(central, lena, hours=-1, kind=MeetingKind.TEAM_MEETING)
    runner.begin(running, by=lena, now=now)
    held = meet(central, lena, hours=-2, kind=MeetingKind.HUDDLE)
    runner.finish(runner.begin(held, by=lena, now=now), by=lena, now=now)
    planned = meet(central, lena, kind=MeetingKind.ACCOUNT_REVIEW)
    review = accounts.prepare(planned, now=now)

    found = seen(rita)

    (room,), (minutes,), (agenda,) = found.running, found.held, found.planned
    assert room.url == reverse("runner:room", args=[running.pk])
    assert minutes.url == reverse("runner:minutes", args=[held.pk])
    assert minutes.button == "Minutes"
    assert agenda.url == review.get_absolute_url()


def test_the_room_of_a_one_on_one_is_offered_to_the_two_alone(lena, rita, vera):
    values = {"kind": MeetingKind.ONE_ON_ONE, "team": None, "person": rita}
    made = MeetingFactory(chair=lena, starts_at=timezone.now(), **values)
    runner.begin(made, by=lena, now=timezone.now())

    (hers,), (above,) = seen(rita).running, seen(vera).running

    assert hers.url == reverse("runner:room", args=[made.pk])
    assert above.url == made.get_absolute_url()


def test_it_costs_one_query(central, lena, rita, django_assert_num_queries):
    for state in (MeetingState.PLANNED, MeetingState.HELD, MeetingState.MISSED):
        meet(central, lena, state=state)
    visible = Meeting.objects.visible_to(rita)

    with django_assert_num_queries(1):
        around(visible, rita, now=timezone.now())
