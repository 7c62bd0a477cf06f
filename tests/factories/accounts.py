from datetime import date

from django.utils import timezone
from factory import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    AccountReviewItem,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from rhythm.calendar.models import MeetingKind
from tests.factories.meetings import MeetingFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    ProductFactory,
)
from tests.factories.people import UserFactory


class PlanFactory(DjangoModelFactory[AccountPlan]):
    class Meta:
        model = AccountPlan

    account = SubFactory(AccountFactory)
    owner = SubFactory(UserFactory)
    goal = "All plants, in two years"
    why = "One supplier for all of it"


class PlanPersonFactory(DjangoModelFactory[PlanPerson]):
    """Somebody who decides, and whom nobody of ours knows."""

    class Meta:
        model = PlanPerson

    plan = SubFactory(PlanFactory)
    contact = SubFactory(ContactFactory)
    side = "finance"
    part = "decides"


class PlanOutcomeFactory(DjangoModelFactory[PlanOutcome]):
    class Meta:
        model = PlanOutcome

    plan = SubFactory(PlanFactory)
    words = Sequence(lambda n: f"They saved {n} hours")
    evidence = "Their own report"
    achieved_on = date(2026, 3, 1)


class PlanAreaFactory(DjangoModelFactory[PlanArea]):
    class Meta:
        model = PlanArea

    plan = SubFactory(PlanFactory)
    name = Sequence(lambda n: f"Plant {n}")


class FieldCellFactory(DjangoModelFactory[FieldCell]):
    class Meta:
        model = FieldCell

    plan = SubFactory(PlanFactory)
    product = SubFactory(ProductFactory)
    state = "competitor"
    note = "Acme, until May"


class PlanRiskFactory(DjangoModelFactory[PlanRisk]):
    class Meta:
        model = PlanRisk

    plan = SubFactory(PlanFactory)
    what = Sequence(lambda n: f"Risk {n}")
    response = "Talk to them"


class AccountReviewFactory(DjangoModelFactory[AccountReview]):
    class Meta:
        model = AccountReview

    meeting = SubFactory(MeetingFactory, kind=MeetingKind.ACCOUNT_REVIEW)


class AccountReviewItemFactory(DjangoModelFactory[AccountReviewItem]):
    class Meta:
        model = AccountReviewItem

    review = SubFactory(AccountReviewFactory)
    plan = SubFactory(PlanFactory)
    position = Sequence(lambda n: n + 1)
    compare_since = LazyFunction(timezone.now)
