from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from pipeline.opportunities import services
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Process, Stage
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.factories.opportunities import (
    AccountFactory,
    OpportunityFactory,
    ProductFactory,
)


def test_a_new_deal_starts_in_the_first_stage_of_the_default_process(
    process: Process, discover: Stage, rita: User, now: datetime
) -> None:
    deal = services.create({"name": "Pumps"}, owner=rita, now=now)

    assert (deal.process, deal.stage, deal.stage_since) == (process, discover, now)
    assert deal.opened_on == date(2026, 11, 19)


def test_the_same_form_sent_twice_makes_one_deal(
    process: Process, rita: User, now: datetime
) -> None:
    key = uuid4()
    first = services.create({"name": "A"}, owner=rita, now=now, submission_key=key)
    again = services.create({"name": "A"}, owner=rita, now=now, submission_key=key)

    assert first == again
    assert Opportunity.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "x" * 10_000},
        {"name": "A", "amount": Decimal("1e400")},
        {"name": "A", "amount": Decimal(-1)},
        {"name": "A", "amount": Decimal("NaN")},
        {"name": "A", "next_step": "y" * 301},
    ],
)
def test_wrong_values_are_refused_by_field(
    process: Process, rita: User, now: datetime, values: dict
) -> None:
    with pytest.raises(ValidationError):
        services.create(values, owner=rita, now=now)
    assert not Opportunity.objects.exists()


def test_nobody_inactive_gets_a_new_deal(
    process: Process, dora: User, now: datetime
) -> None:
    with pytest.raises(ValidationError, match="not active"):
        services.create({"name": "A"}, owner=dora, now=now)


def test_without_a_process_there_are_no_deals(rita: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="no process"):
        services.create({"name": "A"}, owner=rita, now=now)


def test_an_edit_changes_what_differs_and_keeps_the_old_value(
    deal: Opportunity, rita: User
) -> None:
    values = {"name": deal.name, "amount": Decimal(20_000)}
    edited = services.edit(deal, values, by=rita, shown_version=1)

    assert (edited.amount, edited.version) == (Decimal(20_000), 2)
    assert edited.events.get().amount == Decimal(10_000)


def test_an_edit_without_a_difference_changes_nothing(
    deal: Opportunity, rita: User
) -> None:
    edited = services.edit(deal, {"name": deal.name}, by=rita, shown_version=1)
    assert edited.version == 1
    assert not edited.events.exists()


def test_a_changed_amount_is_no_list_price_any_more(
    deal: Opportunity, rita: User
) -> None:
    Opportunity.objects.filter(pk=deal.pk).update(amount_source="list_price")
    edited = services.edit(deal, {"amount": Decimal(5)}, by=rita, shown_version=1)
    assert edited.amount_source == "stated"


def test_the_later_of_two_edits_is_a_conflict_with_what_is_there_now(
    deal: Opportunity, rita: User, lena: User
) -> None:
    services.edit(deal, {"amount": Decimal(1)}, by=lena, shown_version=1)
    with pytest.raises(Conflict) as conflict:
        services.edit(deal, {"amount": Decimal(2)}, by=rita, shown_version=1)
    assert conflict.value.current.amount == Decimal(1)


def test_owner_and_stage_are_not_edited(deal: Opportunity, rita: User) -> None:
    with pytest.raises(TypeError):
        services.edit(deal, {"owner": rita}, by=rita, shown_version=1)


def test_products_are_part_of_the_edit(deal: Opportunity, rita: User) -> None:
    product = ProductFactory()
    edited = services.edit(deal, {"products": [product]}, by=rita, shown_version=1)
    assert list(edited.products.all()) == [product]
    assert edited.version == 2


def test_the_next_step_is_set_without_asking_for_a_version(
    deal: Opportunity, rita: User
) -> None:
    services.set_next_step(deal, text=" Call ", on=date(2026, 12, 1), by=rita)
    deal.refresh_from_db()
    assert (deal.next_step, deal.next_step_on) == ("Call", date(2026, 12, 1))


def test_an_activity_never_moves_the_last_one_back(
    deal: Opportunity, now: datetime
) -> None:
    services.note_activity(deal, now)
    services.note_activity(deal, now.replace(year=2025))
    deal.refresh_from_db()
    assert deal.last_activity_at == now
    assert not deal.events.exists()


@pytest.mark.parametrize(
    ("by", "to", "is_allowed"),
    [
        ("lena", "lena", True),
        ("vera", "otto", True),
        ("ada", "otto", True),
        ("lena", "otto", False),
        ("omar", "otto", False),
        ("rita", "otto", False),
        ("rita", "lena", False),
        ("max_", "otto", False),
        ("ada", "dora", False),
    ],
)
def test_who_leads_both_gives_a_deal_to_another(
    by: str,
    to: str,
    is_allowed: bool,
    deal: Opportunity,
    request: pytest.FixtureRequest,
) -> None:
    giver, heir = map(request.getfixturevalue, (by, to))
    if is_allowed:
        assert services.assign(deal, to=heir, by=giver).owner == heir
    else:
        with pytest.raises((ValidationError, PermissionDenied, Http404)):
            services.assign(deal, to=heir, by=giver)


def test_handing_over_moves_the_open_deals_alone_and_is_history(
    deal: Opportunity, discover: Stage, rita: User, otto: User, ada: User
) -> None:
    closed = OpportunityFactory(
        owner=rita,
        stage=discover.process.stages.get(kind="won"),
        outcome="won",
        closed_on=date(2026, 1, 2),
    )
    assert services.hand_over(rita, otto, by=ada) == 1

    deal.refresh_from_db()
    closed.refresh_from_db()
    assert (deal.owner, closed.owner) == (otto, rita)
    assert deal.events.get().owner_id == rita.pk


def test_nothing_is_handed_over_to_nobody(rita: User, dora: User, ada: User) -> None:
    for heir in (rita, dora):
        with pytest.raises(ValidationError):
            services.hand_over(rita, heir, by=ada)


def test_an_account_is_made_once_per_form(db: None) -> None:
    key = uuid4()
    first = services.create_account({"name": "Vantora"}, submission_key=key)
    assert services.create_account({"name": "Vantora"}, submission_key=key) == first


def test_records_of_the_directory_are_edited_by_version(db: None) -> None:
    account = AccountFactory()
    services.edit_record(account, {"name": "New"}, shown_version=1)
    with pytest.raises(Conflict):
        services.edit_record(account, {"name": "Newer"}, shown_version=1)


def test_two_products_do_not_share_a_name(db: None) -> None:
    services.create_product({"name": "Pump"})
    other = services.create_product({"name": "Valve"})
    with pytest.raises(ValidationError):
        services.create_product({"name": "Pump"})
    with pytest.raises(ValidationError):
        services.edit_record(other, {"name": "Pump"}, shown_version=1)
