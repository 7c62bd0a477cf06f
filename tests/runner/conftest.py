"""A team meeting of Lena's, with one of Rita's deals; the one before was held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.runner import services
from pipeline.runner.models import Run
from rhythm.calendar.models import BlockKind, MeetingKind, MeetingState
from rhythm.notices.models import Notice
from tests.factories.meetings import (
    CadenceFactory,
    CommitmentFactory,
    MeetingFactory,
)
from tests.factories.opportunities import OpportunityFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
DUE = date(2026, 11, 26)
SAID = {"did": "Called Brennecke", "will": "Visit the plant", "barrier": ""}


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


@pytest.fixture
def rule(central):
    return CadenceFactory(
        team=central, kind=MeetingKind.HUDDLE, is_async=True, prepare_hours=24
    )


@pytest.fixture
def written(team_meeting, rule, rita):
    """A huddle in writing that closes in an hour."""
    return team_meeting(
        kind=MeetingKind.HUDDLE,
        cadence=rule,
        key_on=NOW.date(),
        called_for=minutes(60),
        starts_at=minutes(60),
    )


@pytest.fixture
def asked(written):
    return services.ask(written, now=NOW)


@pytest.fixture
def live(team_meeting):
    return services.prepare(
        team_meeting(kind=MeetingKind.HUDDLE, starts_at=minutes(60))
    )


def minutes(number: float) -> datetime:
    """Return so many minutes into the meeting."""
    return NOW + timedelta(minutes=number)


def said(run, by, now=NOW, shown=0, **values):
    return services.answer(run, SAID | values, by=by, now=now, shown_version=shown)


def inboxes_at(now):
    """Return in whose inboxes the questions stand."""
    asking = Notice.objects.open(now).filter(kind="meetings.huddle")
    return {each.recipient for each in asking}
