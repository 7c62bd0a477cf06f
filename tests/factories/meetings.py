from datetime import date, time, timedelta

from django.utils import timezone
from factory import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.models import (
    AgendaBlock,
    AgendaTemplate,
    BlockKind,
    Cadence,
    Meeting,
    MeetingKind,
)
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import TeamFactory, UserFactory


class MeetingFactory(DjangoModelFactory[Meeting]):
    """A planned pipeline review with a team. For one with a person, `team=None`."""

    class Meta:
        model = Meeting

    kind = MeetingKind.PIPELINE_REVIEW
    team = SubFactory(TeamFactory)
    chair = SubFactory(UserFactory)
    starts_at = LazyFunction(timezone.now)


class CommitmentFactory(DjangoModelFactory[Commitment]):
    class Meta:
        model = Commitment

    what = Sequence(lambda n: f"Send document {n}")
    promiser = SubFactory(UserFactory)
    receiver = SubFactory(UserFactory)
    due_on = LazyFunction(lambda: timezone.now().date() + timedelta(days=7))
    first_due_on = LazyAttribute(lambda commitment: commitment.due_on)


class ReviewFactory(DjangoModelFactory[Review]):
    class Meta:
        model = Review

    meeting = SubFactory(MeetingFactory)


class ReviewItemFactory(DjangoModelFactory[ReviewItem]):
    class Meta:
        model = ReviewItem

    review = SubFactory(ReviewFactory)
    opportunity = SubFactory(OpportunityFactory)
    position = Sequence(lambda n: n + 1)
    compare_since = LazyFunction(timezone.now)


class NoticeFactory(DjangoModelFactory[Notice]):
    class Meta:
        model = Notice

    kind = "reviews.minutes"
    key = Sequence(lambda n: f"reviews.minutes:{n}")
    recipient = SubFactory(UserFactory)
    address = LazyAttribute(lambda notice: notice.recipient.email)
    subject = "Minutes"
    text = "What was said."
    message_id = Sequence(lambda n: f"<{n}@example.com>")
    due_at = LazyFunction(timezone.now)
    arrived_at = LazyAttribute(lambda notice: notice.due_at)
    surfaced_at = LazyAttribute(lambda notice: notice.due_at)


class CadenceFactory(DjangoModelFactory[Cadence]):
    """A weekly pipeline review of a team: Tuesdays, nine o'clock, Berlin."""

    class Meta:
        model = Cadence

    kind = MeetingKind.PIPELINE_REVIEW
    team = SubFactory(TeamFactory)
    rule = "FREQ=WEEKLY;BYDAY=TU"
    first_on = date(2026, 1, 1)
    at = time(9)
    time_zone = "Europe/Berlin"


class AgendaTemplateFactory(DjangoModelFactory[AgendaTemplate]):
    """An agenda of the organisation for any kind of meeting, with no blocks yet."""

    class Meta:
        model = AgendaTemplate

    name = Sequence(lambda n: f"Agenda {n}")


class AgendaBlockFactory(DjangoModelFactory[AgendaBlock]):
    class Meta:
        model = AgendaBlock

    template = SubFactory(AgendaTemplateFactory)
    position = Sequence(lambda n: n)
    kind = BlockKind.DIFFICULT_CASE
    minutes = 10
