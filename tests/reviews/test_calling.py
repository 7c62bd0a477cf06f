"""Reviews of meetings that the calendar called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from pipeline.reviews import services, tasks
from pipeline.reviews.models import Review
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.calendar.services import plan_due
from tests.factories.meetings import CadenceFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

# A Monday, 26 hours before the first review.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def called(central, lena, rita) -> Meeting:
    CadenceFactory(team=central, prepare_hours=24)
    OpportunityFactory(owner=rita, close_on=date(2026, 11, 20))
    plan_due(now=NOW)
    first = Meeting.objects.order_by("starts_at").first()
    assert first is not None
    return first


def hinted(now, capture) -> int:
    with capture(execute=False) as hints:
        tasks.tick(TickFactory(at=now))
    return len(hints)


def test_its_agenda_is_made_when_its_preparation_begins(
    called, django_capture_on_commit_callbacks
):
    capture = django_capture_on_commit_callbacks
    assert hinted(NOW, capture) == 0
    later = called.starts_at - timedelta(hours=23)
    assert hinted(later, capture) == 1

    tasks.prepare(called.pk, TickFactory(at=later).pk)

    review = Review.objects.get()
    assert review.items.count() == 1
    assert review.meeting == called
    # And never again.
    assert hinted(later, capture) == 0


def test_preparing_twice_makes_one(called):
    assert services.prepare(called, now=NOW) == services.prepare(called, now=NOW)


def test_a_review_without_deals_has_an_empty_agenda(called, rita):
    rita.opportunities.all().delete()

    assert not services.prepare(called, now=NOW).items.exists()


def test_other_kinds_have_no_review(called):
    Meeting.objects.update(kind=MeetingKind.HUDDLE)

    with pytest.raises(ValidationError):
        services.prepare(called, now=NOW)


def test_a_missed_review_is_begun_late(called, lena):
    review = services.prepare(called, now=NOW)
    Meeting.objects.update(state=MeetingState.MISSED, missed_at=NOW)

    services.begin(review, by=lena, now=called.starts_at + timedelta(days=1))

    assert Meeting.objects.get(pk=called.pk).state == MeetingState.RUNNING
