"""A team meeting of Lena's, with one of Rita's deals; the one before was held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.runner import services
from pipeline.runner.models import Run
from rhythm.calendar.models import BlockKind, MeetingKind, MeetingState
from tests.factories.meetings import CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
DUE = date(2026, 11, 26)


@pytest.fixture
def deal(rita):
    return OpportunityFactory(owner=rita, name="Sensors", account__name="Brennecke")


@pytest.fixture
def team_meeting(central, lena):
    def make(**values):
        given = {
            "kind": MeetingKind.TEAM_MEETING,
            "team": central,
            "chair": lena,
            "starts_at": NOW,
            "planned_minutes": 45,
        }
        return MeetingFactory(**given | values)

    return make


@pytest.fixture
def before(team_meeting):
    """The meeting a week before, which was held."""
    then = NOW - timedelta(days=7)
    return team_meeting(
        starts_at=then,
        state=MeetingState.HELD,
        started_at=then,
        ended_at=then + timedelta(minutes=40),
    )


@pytest.fixture
def promised(before, rita, lena):
    return CommitmentFactory(
        what="Send the offer",
        promiser=rita,
        receiver=lena,
        made_in=before,
        due_on=NOW.date(),
    )


@pytest.fixture
def meeting(team_meeting):
    return team_meeting()


@pytest.fixture
def run(meeting, lena, rita) -> Run:
    return services.begin(meeting, by=lena, now=NOW)


@pytest.fixture
def case(run):
    return run.blocks.get(kind=BlockKind.DIFFICULT_CASE)


def minutes(number: float) -> datetime:
    """Return so many minutes into the meeting."""
    return NOW + timedelta(minutes=number)
