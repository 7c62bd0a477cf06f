from django.utils import timezone
from factory import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from pipeline.activities.models import Activity, ActivityKind
from tests.factories.opportunities import OpportunityFactory


class ActivityKindFactory(DjangoModelFactory[ActivityKind]):
    class Meta:
        model = ActivityKind

    name = Sequence(lambda n: f"Kind {n}")


class ActivityFactory(DjangoModelFactory[Activity]):
    """Something done on a deal by its owner, just now."""

    class Meta:
        model = Activity

    kind = SubFactory(ActivityKindFactory)
    opportunity = SubFactory(OpportunityFactory)
    account = LazyAttribute(lambda activity: activity.opportunity.account)
    owner = LazyAttribute(lambda activity: activity.opportunity.owner)
    happened_at = LazyFunction(timezone.now)
