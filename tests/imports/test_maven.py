"""A real CRM export of five related files, in three spellings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Q, Sum

from pipeline.imports.models import ImportRun, ImportState
from pipeline.opportunities.models import Account, Opportunity, Product
from rhythm.people.models import Membership, Team, User
from tests.imports.steps import bring_in, check, files_in, rows, totals, upload

pytestmark = [pytest.mark.sample_data, pytest.mark.django_db]

SPELLINGS = ["original", "variants/kisaraf", "variants/thomaskieny"]
BY_MANAGER = {
    "Melvin Marxen": (1929, 882, 536, Decimal(2251930)),
    "Summer Sewald": (1701, 828, 459, Decimal(1964750)),
    "Rocco Neubert": (1327, 691, 422, Decimal(1960545)),
    "Celia Rouche": (1296, 610, 352, Decimal(1603897)),
    "Cara Losch": (964, 480, 265, Decimal(1130049)),
    "Dustin Brinkmann": (1583, 747, 439, Decimal(1094363)),
}


def bring(by: User, sample_data: Path, spelling: str = "original") -> ImportRun:
    run = upload(by, *files_in(sample_data / "maven" / spelling), source="maven")
    if run.answers["process"] == "new":
        return bring_in(run, process_name="Hardware")
    return bring_in(run)


def deals() -> list[tuple[Any, ...]]:
    """Return every deal as the file has it, in one order."""
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
        )
    )


def test_the_three_spellings_give_the_same_deals(ada: User, sample_data: Path) -> None:
    found = {}
    for spelling in SPELLINGS:
        run = bring(ada, sample_data, spelling)
        assert run.state == ImportState.DONE, run.error
        found[spelling] = deals()
        if spelling != "original":
            # The next ones find everything as it is.
            assert set(totals(run)) == {"same"}
    assert found["original"] == found["variants/kisaraf"]
    assert found["original"] == found["variants/thomaskieny"]
    assert len(found["original"]) == 8800


def test_each_spelling_alone_gives_the_published_sums(
    ada: User, sample_data: Path
) -> None:
    bring(ada, sample_data, "variants/thomaskieny")
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


def test_the_figures_by_manager_come_out(ada: User, sample_data: Path) -> None:
    bring(ada, sample_data)
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


def test_managers_see_their_teams_deals_through_the_teams_file(
    ada: User, sample_data: Path
) -> None:
    bring(ada, sample_data)
    melvin = User.objects.get_queryset().get(name="Melvin Marxen")
    assert Opportunity.objects.visible_to(melvin).count() == 1929
    assert not melvin.can_sign_in
    assert Membership.objects.present().get(user=melvin).team.name == "Central"


def test_a_check_changes_nothing(ada: User, sample_data: Path) -> None:
    run = upload(ada, *files_in(sample_data / "maven" / "original"), source="maven")
    run = check(run, process_name="Hardware")
    assert run.state == ImportState.CHECKED, run.error
    assert not Opportunity.objects.exists()
    assert not Account.objects.exists()
    assert not Product.objects.exists()
    assert User.objects.get_queryset().count() == 1
    assert totals(run) == {"create": 85 + 7 + 8800 + 41}


def test_the_misspelt_product_is_matched_and_nobody_makes_a_second_one(
    ada: User, sample_data: Path
) -> None:
    run = bring(ada, sample_data)
    assert run.answers["products"]["GTXPro"] == "GTX Pro"
    assert Product.objects.count() == 7
    assert Opportunity.objects.filter(products__name="GTX Pro").count() == 1480


def test_deals_without_an_account_are_named_by_product_and_id(
    ada: User, sample_data: Path
) -> None:
    bring(ada, sample_data)
    nameless = Opportunity.objects.filter(account=None)
    assert nameless.count() == 1425
    deal = nameless.get(external_id="HAXMC4IX")
    assert deal.name == "MG Advanced – HAXMC4IX"
    assert not deal.is_gated


def test_accounts_that_no_file_has_are_made_visibly(
    ada: User, sample_data: Path
) -> None:
    folder = sample_data / "maven" / "original"
    files = [each for each in files_in(folder) if each.name != "accounts.csv"]
    run = bring_in(upload(ada, *files, source="maven"), process_name="Hardware")
    made = rows(run, kind="accounts")
    assert len(made) == 85
    assert {row.action for row in made} == {"create"}
    assert made[0].reasons == ["Named in this row, and in no file of accounts"]
    assert Account.objects.count() == 85


def test_open_deals_take_the_list_price_and_say_so(
    ada: User, sample_data: Path
) -> None:
    bring(ada, sample_data)
    opened = Opportunity.objects.open().filter(products__name="GTK 500")
    assert set(opened.values_list("amount", "amount_source")) == {
        (Decimal(26768), "list_price")
    }
    won = Opportunity.objects.filter(outcome="won", amount_source="list_price")
    assert not won.exists()


def test_the_broken_table_is_refused_and_the_others_come_in(
    ada: User, sample_data: Path
) -> None:
    folder = sample_data / "maven" / "variants" / "kisaraf"
    run = upload(ada, *files_in(folder), source="maven")
    broken = run.files.get(name="data_dictionary.csv")
    assert broken.problem.startswith("This is not one table: ")
    assert len(run.files.taken()) == 4


def test_subsidiaries_belong_to_their_parents(ada: User, sample_data: Path) -> None:
    bring(ada, sample_data)
    assert Account.objects.exclude(parent=None).count() == 15
    bluth = Account.objects.get(name="Bluth Company")
    assert bluth.parent is not None
    assert bluth.parent.name == "Acme Corporation"
