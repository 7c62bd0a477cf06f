"""A whole rhythm in one step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rhythm.calendar import services
from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Meeting,
    MeetingKind,
    Reach,
)
from rhythm.calendar.rhythms import RHYTHMS
from rhythm.calendar.services.rhythms import start_rhythm
from tests.factories.meetings import CadenceFactory
from tests.factories.people import TeamFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def start(by, team=None, key="weekly-b2b", **more):
    said = {"first_monday": MONDAY, "time_zone": "", "submission_key": uuid4()} | more
    return start_rhythm(RHYTHMS[key], team=team, by=by, **said)


@pytest.mark.parametrize("key", RHYTHMS)
def test_every_rhythm_starts_for_the_organisation(ada, key):
    started = start(ada, key=key)

    assert len(started.made) == len(RHYTHMS[key].beats)
    assert not started.left_out
    assert set(Cadence.objects.values_list("first_on", flat=True)) == {MONDAY}


def test_a_manager_starts_one_for_the_own_team(lena, central):
    start(lena, central)

    assert set(Cadence.objects.values_list("team", flat=True)) == {central.pk}


def test_nobody_has_two_meetings_at_the_same_hour(ada, sales, central, rita):
    start(ada)
    services.plan_due(now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))

    met = Meeting.objects.filter(kind=MeetingKind.TEAM_MEETING, key_on=MONDAY)
    begins = {each.team.name: f"{each.starts_at:%H:%M}" for each in met}
    # Nine o'clock in Berlin; who leads Central is in the one of Sales, and comes on.
    assert begins == {"Central": "08:00", "Sales": "08:30"}
    alone = Meeting.objects.filter(kind=MeetingKind.ONE_ON_ONE)
    hours = [(each.chair_id, each.starts_at) for each in alone]
    assert len(hours) == len(set(hours))


def test_not_for_another(lena, west):
    with pytest.raises(ValidationError):
        start(lena, west)


def test_the_same_form_sent_twice_makes_each_once(ada):
    key = uuid4()
    first = start(ada, submission_key=key)

    again = start(ada, submission_key=key)

    assert [each.pk for each in again.made] == [each.pk for each in first.made]
    assert Cadence.objects.count() == len(first.made)


def test_what_there_is_of_the_same_kind_is_said_and_left_out(lena, central, as_user):
    CadenceFactory(team=central, kind=MeetingKind.PIPELINE_REVIEW)
    url = reverse("calendar:rhythm_start", args=["weekly-b2b"])
    said = {
        "team": central.pk,
        "first_monday": "2026-11-23",
        "submission_key": str(uuid4()),
    }

    answer = as_user(lena).post(url, said, follow=True).text

    assert "5 cadences made." in answer
    assert "Left out, since there is one already: Pipeline review." in answer


def test_what_comes_from_above_is_left_out(ada, sales, central, lena):
    whole = start(ada, sales)
    # The line of teams is written by the database.
    central.refresh_from_db()

    again = start(lena, central)

    below = {each.kind for each in whole.made if each.reach == Reach.BELOW}
    assert below
    assert not below & {each.kind for each in again.made}
    assert len(again.left_out) == len(below)


def test_what_a_team_dropped_it_may_start_anew(ada, sales, central, lena):
    central.refresh_from_db()
    inherited = CadenceFactory(
        team=sales, reach=Reach.BELOW, kind=MeetingKind.PIPELINE_REVIEW
    )
    CadenceVariant.objects.create(cadence=inherited, team=central, is_dropped=True)

    started = start(lena, central)

    assert MeetingKind.PIPELINE_REVIEW in {each.kind for each in started.made}


def test_the_organisation_has_what_every_team_at_the_top_has(ada, sales):
    """Whoever led all of sales had started it, and an admin starts it for everybody."""
    below = {each.kind for each in start(ada, sales).made if each.reach == Reach.BELOW}

    started = start(ada)

    assert not below & {each.kind for each in started.made}
    TeamFactory(name="Service")
    elsewhere = start(ada)
    assert below <= {each.kind for each in elsewhere.made}


def test_it_begins_on_a_monday(ada):
    with pytest.raises(ValidationError, match="Choose a Monday"):
        start(ada, first_monday=date(2026, 11, 24))


def test_the_page_says_what_each_holds(lena, central, as_user):
    shown = as_user(lena).get(reverse("calendar:rhythm_list")).text

    assert "Every second Wednesday, 14:00, 30 minutes" in shown
    assert "Each manager with each of their people" in shown


def test_a_rhythm_that_is_not_there_is_not_found(lena, central, as_user):
    url = reverse("calendar:rhythm_start", args=["yearly"])
    assert as_user(lena).get(url).status_code == 404
