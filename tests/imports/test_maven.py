"""A real CRM export of five related files, in three spellings. Brought in once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from pipeline.imports.models import ImportRun, ImportState
from pipeline.opportunities.models import Account, Opportunity, Product
from pipeline.opportunities.selectors.questions import question_from
from pipeline.opportunities.selectors.totals import Totals, totals_of
from rhythm.people.models import Membership, Team, User
from tests.conftest import find_sample_data
from tests.factories.people import OrganisationFactory, UserFactory
from tests.imports.steps import bring_in, check, files_in, totals, upload

pytestmark = [pytest.mark.sample_data, pytest.mark.django_db]

BY_MANAGER = {
    "Melvin Marxen": (1929, 882, 536, Decimal(2251930)),
    "Summer Sewald": (1701, 828, 459, Decimal(1964750)),
    "Rocco Neubert": (1327, 691, 422, Decimal(1960545)),
    "Celia Rouche": (1296, 610, 352, Decimal(1603897)),
    "Cara Losch": (964, 480, 265, Decimal(1130049)),
    "Dustin Brinkmann": (1583, 747, 439, Decimal(1094363)),
}
# Won, lost, won value.
BY_REGION = {
    "West": (1438, 811, Decimal(3568647)),
    "Central": (1629, 975, Decimal(3346293)),
    "East": (1171, 687, Decimal(3090594)),
}
BY_QUARTER = {
    "Q1 2017": (531, 116, Decimal(1134672)),
    "Q2 2017": (1254, 778, Decimal(3086111)),
    "Q3 2017": (1257, 790, Decimal(2982255)),
    "Q4 2017": (1196, 789, Decimal(2802496)),
}


def folder(spelling: str) -> Path:
    found = find_sample_data()
    assert found is not None
    return found / "maven" / spelling


@pytest.fixture(scope="module")
def brought(django_db_setup: None, django_db_blocker: Any) -> Iterator[ImportRun]:
    """Bring in the spelling with days first, once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        OrganisationFactory()
        ada = UserFactory(name="Ada Abel", email="ada@example.com", is_admin=True)
        run = upload(ada, *files_in(folder("variants/thomaskieny")), source="maven")
        checked = check(run, process_name="Hardware")
        assert totals(checked) == {"create": 85 + 7 + 8800 + 41}
        assert not Opportunity.objects.exists(), "a check changes nothing"
        assert not Account.objects.exists()
        assert not Product.objects.exists()
        assert User.objects.get_queryset().count() == 1
        yield bring_in(run)
        transaction.set_rollback(True)


def deals() -> list[tuple[Any, ...]]:
    """Return every deal with all that an import sets, in one order."""
    return list(
        Opportunity.objects.order_by("external_id").values_list(
            "external_id",
            "name",
            "account__name",
            "owner__name",
            "stage__name",
            "outcome",
            "amount",
            "amount_source",
            "opened_on",
            "close_on",
            "closed_on",
            "stage_since",
            "products__name",
            "version",
        )
    )


def test_the_published_sums_come_out(brought: ImportRun) -> None:
    assert brought.state == ImportState.DONE, brought.error
    found = Opportunity.objects.aggregate(
        all=Count("pk"),
        won=Count("pk", filter=Q(outcome="won")),
        lost=Count("pk", filter=Q(outcome="lost")),
        engaging=Count("pk", filter=Q(stage__name="Engaging")),
        prospecting=Count("pk", filter=Q(stage__name="Prospecting")),
        value=Sum("amount", filter=Q(outcome="won")),
    )
    assert found == {
        "all": 8800,
        "won": 4238,
        "lost": 2473,
        "engaging": 1589,
        "prospecting": 500,
        "value": Decimal(10005534),
    }


@pytest.mark.parametrize("spelling", ["original", "variants/kisaraf"])
def test_another_spelling_of_the_dates_means_the_same_deals(
    brought: ImportRun, spelling: str
) -> None:
    run = upload(brought.created_by, *files_in(folder(spelling)), source="maven")
    assert run.answers["process"] == Opportunity.objects.all()[0].process_id
    assert totals(check(run)) == {"same": 85 + 7 + 8800 + 35}


def test_the_same_files_again_change_nothing(brought: ImportRun) -> None:
    before = deals()
    files = files_in(folder("variants/thomaskieny"))
    run = bring_in(upload(brought.created_by, *files, source="maven"))
    assert set(totals(run)) == {"same"}
    assert deals() == before
    assert not Opportunity.events.rel.related_model.objects.exists()


def test_the_figures_by_manager_come_out(brought: ImportRun) -> None:
    found = {}
    for team in Team.objects.exclude(manager=None).select_related("manager"):
        members = Membership.objects.present().filter(team=team).values("user")
        led = Opportunity.objects.filter(owner__in=members)
        found[str(team.manager)] = (
            led.count(),
            led.filter(outcome="won").count(),
            led.filter(outcome="lost").count(),
            led.filter(outcome="won").aggregate(sum=Sum("amount"))["sum"],
        )
    assert found == BY_MANAGER


def table_totals(viewer: User, **values: str) -> Totals:
    return totals_of(viewer, question_from(values), now=timezone.now())


def test_the_figures_come_out_of_the_table_grouped_by_manager(
    brought: ImportRun,
) -> None:
    found = table_totals(brought.created_by, state="all", group="manager")
    assert {
        each.name: (
            each.sums.deals,
            each.sums.won,
            each.sums.lost,
            each.sums.won_amount,
        )
        for each in found.groups
    } == BY_MANAGER
    total = found.total.sums
    assert (total.deals, total.won, total.lost) == (8800, 4238, 2473)
    assert total.won_amount == Decimal(10005534)
    assert [each.text for each in found.total.figures if each.name == "win_rate"] == [
        "63\N{NO-BREAK SPACE}%"
    ]


def test_the_figures_come_out_of_the_table_grouped_by_region(
    brought: ImportRun,
) -> None:
    # A region is the team above those of its managers.
    found = table_totals(brought.created_by, state="all", group="above")
    assert {
        each.name: (each.sums.won, each.sums.lost, each.sums.won_amount)
        for each in found.groups
    } == BY_REGION
    teams = table_totals(brought.created_by, state="won", group="team")
    assert {each.name: each.sums.amount for each in teams.groups} == {
        f"Team {manager}": figures[-1] for manager, figures in BY_MANAGER.items()
    }


def test_the_figures_come_out_of_the_table_grouped_by_quarter(
    brought: ImportRun,
) -> None:
    found = table_totals(brought.created_by, state="closed", group="quarter")
    assert {
        each.name: (each.sums.won, each.sums.lost, each.sums.won_amount)
        for each in found.groups
    } == BY_QUARTER
    won = table_totals(brought.created_by, state="won", group="quarter")
    assert {each.name: each.sums.amount for each in won.groups} == {
        name: amount for name, (_won, _lost, amount) in BY_QUARTER.items()
    }


def test_managers_of_the_teams_file_see_their_teams_deals(brought: ImportRun) -> None:
    melvin = User.objects.get_queryset().get(name="Melvin Marxen")
    assert Opportunity.objects.visible_to(melvin).count() == 1929
    assert melvin.is_absent
    assert Membership.objects.present().get(user=melvin).team.name == "Central"


def test_the_misspelt_product_is_matched_and_nobody_makes_a_second_one(
    brought: ImportRun,
) -> None:
    assert brought.answers["products"]["GTXPro"] == "GTX Pro"
    assert Product.objects.count() == 7
    assert Opportunity.objects.filter(products__name="GTX Pro").count() == 1480


def test_deals_without_an_account_are_named_by_product_and_id(
    brought: ImportRun,
) -> None:
    nameless = Opportunity.objects.filter(account=None)
    assert nameless.count() == 1425
    deal = nameless.get(external_id="HAXMC4IX")
    assert deal.name == "MG Advanced – HAXMC4IX"
    assert not deal.is_gated


def test_open_deals_take_the_list_price_and_say_so(brought: ImportRun) -> None:
    opened = Opportunity.objects.open().filter(products__name="GTK 500")
    assert set(opened.values_list("amount", "amount_source")) == {
        (Decimal(26768), "list_price")
    }
    won = Opportunity.objects.filter(outcome="won", amount_source="list_price")
    assert not won.exists()


def test_subsidiaries_belong_to_their_parents(brought: ImportRun) -> None:
    assert Account.objects.exclude(parent=None).count() == 15
    bluth = Account.objects.get(name="Bluth Company")
    assert bluth.parent is not None
    assert bluth.parent.name == "Acme Corporation"


def test_the_broken_table_is_refused_and_the_others_stay(brought: ImportRun) -> None:
    files = files_in(folder("variants/kisaraf"))
    run = upload(brought.created_by, *files, source="maven")
    broken = run.files.get(name="data_dictionary.csv")
    assert broken.problem.startswith("This is not one table: ")
    assert len(run.files.taken()) == 4
