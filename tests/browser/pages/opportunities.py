"""Deals, accounts, contacts and products."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.services.bulk import GiveTo, change_many
from pipeline.process import services as process_services
from pipeline.process.models import Stage
from tests.browser.cases import PageCase
from tests.browser.pages.process import (
    draft_of_long_words,
    process_in_draft,
    stage_in_use,
    stage_of_long_words,
    starter,
)
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import (
    ContactFactory,
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityContactFactory,
    OpportunityFactory,
    ProductFactory,
    SavedViewFactory,
)


def won_stage(get: Callable[[str], Any]) -> list[Any]:
    return [process_services.create_starter().stages.get(kind="won").pk]


def a_bulk_run(get: Callable[[str], Any]) -> list[Any]:
    """Return a change of many deals by Lena, with every kind of result."""
    rita, lena = get("rita"), get("lena")
    pipeline(get)
    shown = {each.pk: each.version for each in Opportunity.objects.filter(owner=rita)}
    late = OpportunityFactory(owner=rita, name="Changed meanwhile", version=2)
    same = OpportunityFactory(owner=lena, name="Hers already")
    shown |= {late.pk: 1, same.pk: 1, same.pk + 1000: 1}
    run = change_many(
        shown, GiveTo(lena), by=lena, now=timezone.now(), submission_key=None
    )
    return [run.pk]


def pipeline(get: Callable[[str], Any]) -> list[Any]:
    """Make a board with every sort of card. Returns no arguments."""
    rich_deal(get)
    deal = Opportunity.objects.get()
    today = deal.owner.today(timezone.now())
    late = {"close_on": today - timedelta(days=9), "next_step_on": None}
    stages = Stage.objects.open().filter(process=deal.process)
    for stage in stages.order_by("position"):
        OpportunityFactory(owner=deal.owner, stage=stage, name="W" * 200, **late)
        OpportunityFactory(owner=get("lena"), stage=stage, account=None, amount=None)
    OpportunityFactory.create_batch(22, owner=deal.owner, stage=stages[0])
    return []


def saved_views(get: Callable[[str], Any]) -> list[Any]:
    """Save views for Lena and her team, one of a long name. Returns no arguments."""
    lena, central = get("lena"), get("central")
    pipeline(get)
    SavedViewFactory(owner=lena, name="W" * 80, question={"state": "won"})
    SavedViewFactory(owner=lena, team=central)
    SavedViewFactory(owner=get("ada"), is_for_all=True)
    return []


def a_view(get: Callable[[str], Any]) -> list[Any]:
    return [SavedViewFactory(owner=get("lena"), team=get("central")).pk]


def rich_deal(get: Callable[[str], Any]) -> list[Any]:
    """Make a deal of Rita's with all that a deal may have; return its key."""
    rita = get("rita")
    process = process_services.create_starter()
    stage = process.stages.order_by("position")[1]
    deal = OpportunityFactory(
        name="Cold-chain monitoring, 14 depots",
        owner=rita,
        stage=stage,
        is_gated=False,
        is_override=True,
        move_reason="The board wants it",
        amount_source="list_price",
        external_url="https://crm.example.com/42",
        description="Two sites <b>first</b>.\n\nThen the others.",
        stage_since=timezone.now() - timedelta(days=90),
    )
    first = stage.milestones.order_by("position")[0]
    MilestoneRecordFactory(opportunity=deal, milestone=first, recorded_by=rita)
    contact = ContactFactory(account=deal.account, email="petra@example.com")
    OpportunityContactFactory(opportunity=deal, contact=contact, role="Decides")
    CustomerOutcomeFactory(opportunity=deal, target="under 1 %")
    CustomerOutcomeFactory(
        opportunity=deal, confirmed_by=contact, confirmed_on=deal.opened_on
    )
    deal.commitments.add(CommitmentFactory(promiser=rita, receiver=get("lena")))
    deal.amount = 12_345
    deal.save(update_fields=["amount"])
    return [deal.pk]


def rich_account(get: Callable[[str], Any]) -> list[Any]:
    [pk] = rich_deal(get)
    return [Opportunity.objects.get(pk=pk).account_id]


def an_outcome(get: Callable[[str], Any]) -> list[Any]:
    [pk] = rich_deal(get)
    deal = Opportunity.objects.get(pk=pk)
    return [deal.customer_outcomes.order_by("pk")[0].pk]


def a_milestone(get: Callable[[str], Any]) -> list[Any]:
    [pk] = rich_deal(get)
    deal = Opportunity.objects.get(pk=pk)
    return [pk, deal.stage.milestones.order_by("position")[1].pk]


def products(get: Callable[[str], Any]) -> list[Any]:
    ProductFactory(name="Vibe 200", series="Vibe")
    ProductFactory(list_price=None, is_active=False)
    return []


PAGES = [
    PageCase("opportunities:stage_edit", "ada", stage_in_use),
    PageCase("opportunities:stage_edit", "ada", stage_of_long_words),
    PageCase("opportunities:stage_edit", "ada", won_stage),
    PageCase("opportunities:stage_remove", "ada", stage_in_use),
    PageCase("opportunities:process_draft", "ada", process_in_draft),
    PageCase("opportunities:process_draft", "ada", starter),
    PageCase("opportunities:process_draft", "ada", draft_of_long_words),
    PageCase("opportunities:board", "rita"),
    PageCase("opportunities:board", "lena", pipeline),
    PageCase("opportunities:board", "max_", pipeline, "?q=nothing"),
    PageCase("opportunities:opportunity_list", "lena", pipeline),
    PageCase("opportunities:opportunity_list", "rita", query="?state=closed"),
    PageCase("opportunities:opportunity_list", "lena", pipeline, "?group=team&rep=0"),
    PageCase("opportunities:opportunity_list", "lena", saved_views, "?view=0&team=0"),
    PageCase("opportunities:view_create", "lena", saved_views),
    PageCase("opportunities:view_edit", "lena", a_view),
    PageCase("opportunities:opportunity_totals", "lena", pipeline, "?state=all"),
    PageCase("opportunities:opportunity_totals", "max_", pipeline, "?group=account"),
    PageCase("opportunities:bulk_edit", "lena", pipeline, "?all=1&do=owner"),
    PageCase("opportunities:bulk_edit", "lena", pipeline, "?all=1&do=stage"),
    PageCase("opportunities:bulk_run", "lena", a_bulk_run),
    PageCase("opportunities:opportunity_detail", "rita", rich_deal),
    PageCase("opportunities:opportunity_detail", "max_", rich_deal),
    PageCase("opportunities:opportunity_history", "rita", rich_deal),
    PageCase("opportunities:opportunity_create", "lena", pipeline),
    PageCase("opportunities:opportunity_edit", "rita", rich_deal),
    PageCase("opportunities:opportunity_move", "rita", rich_deal),
    PageCase("opportunities:opportunity_close", "rita", rich_deal),
    PageCase("opportunities:opportunity_assign", "lena", rich_deal),
    PageCase("opportunities:milestone_record", "rita", a_milestone),
    PageCase("opportunities:outcome_create", "rita", rich_deal),
    PageCase("opportunities:outcome_edit", "rita", an_outcome),
    PageCase("opportunities:person_add", "rita", rich_deal),
    PageCase("opportunities:account_list", "rita", pipeline),
    PageCase("opportunities:account_detail", "rita", rich_account),
    PageCase("opportunities:account_edit", "rita", rich_account),
    PageCase("opportunities:contact_create", "rita", rich_account),
    PageCase("opportunities:product_list", "ada", products),
    PageCase("opportunities:product_create", "ada"),
]
