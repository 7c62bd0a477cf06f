"""Rhythm kept: held, late, missed and skipped, by leader and week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from rhythm.calendar.models import Meeting, MeetingState
from scorecards.discipline.selectors.kept import Tally, kept
from scorecards.discipline.selectors.rows import behind
from tests.factories.meetings import CadenceFactory, MeetingFactory

pytestmark = pytest.mark.django_db

# A Wednesday.
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def met(chair, team, *, days=0, state=MeetingState.HELD, cadence=None, **values):
    """Make a meeting that was due so many days ago, and came to its end."""
    at = NOW - timedelta(days=days, hours=1)
    wanted = {"state": state, "starts_at": at, "chair": chair, "team": team}
    if state == MeetingState.HELD:
        wanted |= {"started_at": at, "ended_at": at}
    if state == MeetingState.MISSED:
        wanted["missed_at"] = at
    if state == MeetingState.SKIPPED:
        wanted["reason"] = "Trade fair"
    if cadence:
        wanted |= {"cadence": cadence, "key_on": at.date(), "called_for": at}
    return MeetingFactory(**wanted | values)


def of(viewer) -> dict[str, Tally]:
    return {each.name: each.whole for each in kept(viewer, now=NOW).leaders}


def test_each_end_is_told_apart(lena, central, rita):
    met(lena, central)
    met(lena, central, missed_at=NOW)
    met(lena, central, is_outside=True)
    met(lena, central, state=MeetingState.MISSED)
    met(lena, central, state=MeetingState.ABANDONED)
    met(lena, central, state=MeetingState.SKIPPED)
    met(lena, central, state=MeetingState.PLANNED)
    met(lena, central, state=MeetingState.CANCELLED)

    tally = of(lena)["Lena Lang"]

    assert tally == Tally(held=2, late=1, outside=1, missed=2, skipped=1)
    assert tally.share == 3 / 5


def test_nothing_due_is_no_share(lena, central):
    assert of(lena)["Lena Lang"].share is None


def test_it_counts_in_the_week_for_which_it_was_called(lena, central, rita):
    cadence = CadenceFactory(team=central)
    moved = met(lena, central, cadence=cadence)
    last_week = NOW - timedelta(days=7)
    Meeting.objects.filter(pk=moved.pk).update(called_for=last_week)

    (leader,) = (e for e in kept(lena, now=NOW).leaders if e.pk == lena.pk)

    assert [week.held for week in leader.weeks[-2:]] == [1, 0]


def test_leaders_see_themselves_and_those_below(lena, vera, omar, max_, central, west):
    met(lena, central)
    met(omar, west, state=MeetingState.MISSED)

    assert list(of(lena)) == ["Lena Lang"]
    assert list(of(vera)) == ["Vera Voss", "Lena Lang", "Omar Odeh"]
    assert list(of(max_)) == ["Vera Voss", "Lena Lang", "Omar Odeh"]


def test_what_nobody_runs_is_named(vera, lena, omar, central, west, rita, otto):
    cadence = CadenceFactory(team=vera and central.parent)
    for days in (1, 8, 15, 22):
        met(lena, central, days=days, cadence=cadence)
        met(omar, west, days=days, cadence=cadence, state=MeetingState.MISSED)

    found = kept(vera, now=NOW)

    assert [each.name for each in found.nobody_runs] == ["Pipeline review, West"]
    assert not found.nobody_follows


def test_a_rule_that_few_follow_is_named(vera, lena, central, rita):
    cadence = CadenceFactory(team=central, title="Monday start")
    met(lena, central, days=1, cadence=cadence)
    for days in (8, 15, 22):
        met(lena, central, days=days, cadence=cadence, state=MeetingState.MISSED)

    assert [e.name for e in kept(vera, now=NOW).nobody_follows] == ["Monday start"]


def test_the_meetings_behind_a_cell_are_those_that_it_counts(lena, central, rita):
    met(lena, central)
    met(lena, central, days=7, state=MeetingState.MISSED)

    found = behind(lena, leader=lena.pk, cadence=None, monday=MONDAY, now=NOW)
    whole = behind(lena, leader=lena.pk, cadence=None, monday=None, now=NOW)

    assert [each.status.text for each in found.rows] == ["Held"]
    assert found.tally == Tally(held=1)
    assert len(whole.rows) == 2


@pytest.mark.parametrize("meetings", [1, 11])
def test_it_costs_the_same_for_few_as_for_many(
    vera, lena, central, rita, meetings, django_assert_num_queries
):
    for number in range(meetings):
        met(lena, central, days=number, cadence=CadenceFactory(team=central))

    with django_assert_num_queries(6):
        kept(vera, now=NOW)


def test_the_page_says_how_it_went_and_leads_to_one_meeting(
    client, vera, lena, central
):
    now = timezone.now()
    meeting = MeetingFactory(
        team=central,
        chair=lena,
        state=MeetingState.MISSED,
        starts_at=now - timedelta(hours=3),
        missed_at=now,
    )
    client.force_login(vera)

    page = client.get(reverse("discipline:kept")).content.decode()
    rows = client.get(reverse("discipline:kept_meetings"), {"leader": lena.pk})

    assert "1 missed" in page
    assert meeting.get_absolute_url() in rows.content.decode()


@pytest.mark.parametrize("week", ["yesterday", "0001-01-01", "9999-12-31"])
def test_an_odd_week_is_no_page(client, vera, central, week):
    client.force_login(vera)

    answer = client.get(reverse("discipline:kept_meetings"), {"week": week})

    assert answer.status_code == 404


def test_reps_are_refused(client, rita):
    client.force_login(rita)

    assert client.get(reverse("discipline:kept")).status_code == 403
