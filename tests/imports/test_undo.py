"""An import that was a mistake is taken back, but nobody's work with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pipeline.imports import services
from pipeline.imports.models import ImportRun, ImportState, LastSaid
from pipeline.opportunities import services as deals
from pipeline.opportunities.models import Account, Opportunity, Product
from pipeline.opportunities.services.merging import MERGED_FIELDS
from pipeline.process.models import Stage
from rhythm.people.models import User
from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import AccountFactory
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, rows, totals, upload, worked

pytestmark = pytest.mark.django_db

HEAD = "id,name,account,stage,amount,close date,owner,product\n"
DEALS = "".join(
    f"{n},Deal {n},Account {n},Discover,{n}00,2026-12-01,Otto Ode,Spade\n"
    for n in (1, 2, 3)
)


def brought(ada: User, lines: str = DEALS, **answers: Any) -> ImportRun:
    run = upload(ada, a_file("deals.csv", HEAD + lines))
    return bring_in(run, **answers)


def undone(run: ImportRun) -> ImportRun:
    run = worked(services.start_undo(run), timezone.now())
    assert run.state == ImportState.UNDONE, run.error
    return run


@pytest.fixture(autouse=True)
def process() -> None:
    a_process()


def test_what_it_made_goes(ada: User) -> None:
    run = undone(brought(ada))
    assert totals(run) == {"undone": 8}
    assert not Opportunity.objects.exists()
    assert not Account.objects.exists()
    assert not Product.objects.exists()
    assert User.objects.get_queryset().get() == ada
    assert not LastSaid.objects.exists()


def test_what_somebody_touched_or_built_upon_stays_and_is_listed(
    ada: User, rita: User
) -> None:
    run = brought(ada)
    first, second, _third = Opportunity.objects.order_by("external_id")
    with pghistory.context(user=ada.pk):
        deals.edit(first, {"next_step": "Call"}, by=ada, shown_version=None)
    ActivityFactory(opportunity=second, account=None)
    run = undone(run)
    left = Opportunity.objects.order_by("external_id")
    assert list(left) == [first, second]
    reasons = {row.label: row.reasons for row in rows(run, action="create")}
    assert reasons["Deal 1"] == ["Not undone: it was changed since"]
    assert reasons["Deal 2"] == ["Not undone: other records need it"]
    # And with them what they stand on.
    assert "Account 1" in reasons
    assert "Otto Ode" in reasons
    assert "Account 3" not in reasons


def test_what_it_changed_gets_its_old_values_back(ada: User) -> None:
    brought(ada)
    deal = Opportunity.objects.get(external_id="1")
    lines = DEALS.replace("Discover,100,2026-12-01", "Won,150,2026-11-01")
    lines = lines.replace("Spade", "Shovel", 1)
    run = brought(ada, lines)
    deal.refresh_from_db()
    assert deal.outcome == "won"
    since = deal.stage_since
    run = undone(run)
    assert totals(run)["undone"] == 2
    deal.refresh_from_db()
    assert (deal.stage.name, deal.outcome, deal.closed_on) == ("Discover", "", None)
    assert (deal.amount, deal.close_on) == (100, date(2026, 12, 1))
    assert [str(each) for each in deal.products.all()] == ["Spade"]
    assert deal.stage_since != since
    # The same file again is a change there, and no conflict.
    again = brought(ada, lines)
    assert totals(again)["change"] == 1
    deal.refresh_from_db()
    assert deal.outcome == "won"


def test_what_it_gives_back_is_what_an_account_was_merged_into(ada: User) -> None:
    brought(ada)
    run = brought(ada, DEALS.replace("Account 1", "Account 9"))
    gone = Account.objects.get(name="Account 1")
    stays: Account = AccountFactory()
    values = {name: getattr(stays, name) for name in MERGED_FIELDS[Account]}
    shown = {stays.pk: stays.version, gone.pk: gone.version}
    with pghistory.context(user=ada.pk):
        deals.merge_into(stays, gone, values, by=ada, shown=shown)
    undone(run)
    assert Opportunity.objects.get(external_id="1").account == stays


def test_a_later_import_counts_as_somebody(ada: User) -> None:
    first = brought(ada)
    brought(ada, DEALS.replace("100", "150"))
    undone(first)
    assert Opportunity.objects.get().amount == 150


def test_only_what_is_done_can_be_undone_and_only_once(ada: User) -> None:
    run = upload(ada, a_file("deals.csv", HEAD + DEALS))
    with pytest.raises(ValidationError, match="Only an import that is done"):
        services.start_undo(run)
    run = undone(brought(ada))
    assert services.start_undo(run).state == ImportState.UNDONE


def test_a_move_made_here_is_not_taken_back(ada: User) -> None:
    brought(ada)
    run = brought(ada, DEALS.replace("100", "150"))
    deal = Opportunity.objects.get(external_id="1")
    propose = Stage.objects.get(name="Propose")
    with pghistory.context(user=ada.pk):
        deals.move(deal, to=propose, by=ada, now=timezone.now())
    run = undone(run)
    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == (propose, 150)
    assert rows(run, action="change")[0].reasons == ["Not undone: it was changed since"]
