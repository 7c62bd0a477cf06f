from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from factory import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from pipeline.opportunities.models import (
    Account,
    BulkRun,
    Contact,
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
    OpportunityContact,
    Product,
    SavedView,
)
from pipeline.process.models import Process, Stage
from tests.factories.people import UserFactory
from tests.factories.process import MilestoneFactory, a_process


def first_stage() -> Stage:
    """Return the first stage of the default process, made when there is none."""
    process = Process.objects.filter(is_default=True).first() or a_process()
    return process.stages.order_by("position")[0]


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    name = Sequence(lambda n: f"Account {n}")


class ContactFactory(DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    name = Sequence(lambda n: f"Contact {n}")
    account = SubFactory(AccountFactory)


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    name = Sequence(lambda n: f"Product {n}")
    list_price = Decimal(1000)


class OpportunityFactory(DjangoModelFactory[Opportunity]):
    """An open deal in the first stage of the default process, healthy in every way."""

    class Meta:
        model = Opportunity

    name = Sequence(lambda n: f"Deal {n}")
    account = SubFactory(AccountFactory)
    owner = SubFactory(UserFactory)
    stage = LazyFunction(first_stage)
    process = LazyAttribute(lambda deal: deal.stage.process)
    stage_since = LazyFunction(timezone.now)
    opened_on = LazyFunction(lambda: date(2020, 1, 1))
    amount = Decimal(10_000)
    close_on = LazyFunction(lambda: timezone.now().date() + timedelta(days=60))
    next_step = "Call them"
    next_step_on = LazyFunction(lambda: timezone.now().date() + timedelta(days=3))


class OpportunityContactFactory(DjangoModelFactory[OpportunityContact]):
    class Meta:
        model = OpportunityContact

    opportunity = SubFactory(OpportunityFactory)
    contact = SubFactory(ContactFactory)


class CustomerOutcomeFactory(DjangoModelFactory[CustomerOutcome]):
    class Meta:
        model = CustomerOutcome

    opportunity = SubFactory(OpportunityFactory)
    words = Sequence(lambda n: f"We need outcome {n}")


class MilestoneRecordFactory(DjangoModelFactory[MilestoneRecord]):
    """A milestone that is met."""

    class Meta:
        model = MilestoneRecord

    opportunity = SubFactory(OpportunityFactory)
    milestone = SubFactory(MilestoneFactory)
    is_met = True
    done_on = date(2026, 1, 5)
    recorded_by = SubFactory(UserFactory)
    recorded_at = LazyFunction(timezone.now)


class BulkRunFactory(DjangoModelFactory[BulkRun]):
    """A change of many deals, none of which is named."""

    class Meta:
        model = BulkRun

    by = SubFactory(UserFactory)
    what = "Next step: Call them"
    created_at = LazyFunction(timezone.now)


class SavedViewFactory(DjangoModelFactory[SavedView]):
    class Meta:
        model = SavedView

    name = Sequence(lambda n: f"View {n}")
    owner = SubFactory(UserFactory)
