"""What the table's deals come to, and that each figure leads to what it counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from pipeline.opportunities.quarters import Quarter, quarter_from
from pipeline.opportunities.selectors.questions import (
    GROUPS,
    deals_of,
    question_from,
)
from pipeline.opportunities.selectors.totals import Sums, totals_of
from rhythm.people.models import User
from tests.factories.opportunities import AccountFactory, OpportunityFactory

LIST = reverse("opportunities:opportunity_list")
URL = reverse("opportunities:opportunity_totals")
HTMX = {"HX-Request": "true"}
# What a figure's deals must come to, when they are asked for on their own.
COUNTED = {"deals": "deals", "won": "won", "lost": "lost", "walked": "walked"}
SUMMED = {"amount": "amount", "weighted": "weighted", "won_amount": "won_amount"}


@pytest.fixture
def pipeline(discover, propose, rita, dora, otto, lena, vera) -> None:
    """Deals of every state, owner, quarter and account."""
    stages = discover.process.stages
    ended = {
        kind: {
            "stage": stages.get(kind=kind),
            "outcome": kind,
            "closed_from": propose,
        }
        for kind in ("won", "lost", "walked_away")
    }
    won, lost, walked = ended["won"], ended["lost"], ended["walked_away"]
    airline = AccountFactory(name="Airline")
    make = OpportunityFactory
    make(owner=rita, stage=discover, amount=100, close_on=date(2026, 10, 1))
    make(owner=rita, stage=propose, amount=None, close_on=None, account=None)
    make(owner=rita, stage=propose, amount=7, amount_source="list_price")
    make(owner=dora, stage=propose, amount="1.50", account=airline)
    make(owner=otto, stage=discover, amount=1000, close_on=date(2027, 1, 1))
    make(owner=lena, stage=discover, amount=30, close_on=date(2026, 12, 31))
    for owner, amount, day in ((rita, 500, "2026-07-01"), (otto, 40, "2026-09-30")):
        make(owner=owner, amount=amount, closed_on=day, account=airline, **won)
    make(owner=rita, amount=60, closed_on="2026-10-02", close_on=None, **lost)
    make(owner=vera, amount=9, closed_on="2026-10-02", **walked)


def asked(address: str) -> QueryDict:
    return QueryDict(urlsplit(address).query or address)


@pytest.mark.parametrize("state", ["", "all", "closed", "decided", "won"])
@pytest.mark.parametrize("group", ["", *GROUPS])
@pytest.mark.usefixtures("pipeline")
def test_every_figure_leads_to_exactly_what_it_counts(
    vera: User, now, state: str, group: str
) -> None:
    question = question_from({"state": state, "group": group})
    totals = totals_of(vera, question, now=now)
    for row in (totals.total, *totals.groups):
        for figure in row.figures:
            there = question_from(asked(figure.address))
            found = totals_of(vera, there, now=now).total.sums
            assert not there.group
            if figure.name in COUNTED:
                assert found.deals == getattr(row.sums, COUNTED[figure.name])
            elif figure.name in SUMMED:
                wanted = getattr(row.sums, SUMMED[figure.name])
                assert found.amount == wanted or found.weighted == wanted
            else:
                assert found.deals == row.sums.won + row.sums.lost
                assert found.win_rate == row.sums.win_rate
            assert deals_of(vera, there.filters, now=now).count() == found.deals


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.usefixtures("pipeline")
def test_groups_add_up_to_all(vera: User, now, group: str) -> None:
    found = totals_of(vera, question_from({"state": "all", "group": group}), now=now)
    for name in Sums.__dataclass_fields__:
        parts = sum(getattr(each.sums, name) for each in found.groups)
        assert parts == getattr(found.total.sums, name), name
    assert found.total.sums.deals == 10


@pytest.mark.usefixtures("pipeline")
def test_groups_have_the_names_of_those_whose_deals_they_are(vera: User, now) -> None:
    def names(group: str) -> list[str]:
        question = question_from({"state": "all", "group": group})
        return [each.name for each in totals_of(vera, question, now=now).groups]

    assert names("manager") == ["Omar Odeh", "Lena Lang", "Vera Voss", "No manager"]
    assert names("team") == ["West", "Central", "Sales", "No team"]
    assert names("above") == ["Sales", "No team above"]
    assert names("owner")[0] == "Otto Olsen"
    assert names("quarter")[:2] == ["Q3 2026", "Q4 2026"]
    assert names("quarter")[-2:] == ["Q1 2027", "No close date"]
    assert "No account" in names("account")
    assert names("stage")[:2] == ["Discover", "Propose"]


@pytest.mark.usefixtures("pipeline")
def test_amounts_that_nobody_stated_are_told(vera: User, now) -> None:
    found = totals_of(vera, question_from({}), now=now)
    assert (found.listed, found.bare) == ("€7", 1)
    assert found.total.sums.amount == Decimal("1138.50")


@pytest.mark.usefixtures("pipeline")
def test_only_what_one_may_see_counts(rita: User, lena: User, now) -> None:
    everything = question_from({"state": "all", "group": "owner"})
    own = totals_of(rita, everything, now=now)
    assert [each.name for each in own.groups] == ["Rita Reyes"]
    led = totals_of(lena, everything, now=now)
    assert {each.name for each in led.groups} == {
        "Rita Reyes",
        "Dora Dahl",
        "Lena Lang",
    }


@pytest.mark.usefixtures("pipeline")
def test_a_figure_leads_to_a_list_of_as_many_deals(as_user, vera: User) -> None:
    browser = as_user(vera)
    page = browser.get(URL, {"state": "all", "group": "team"}, headers=HTMX).text
    row = page.split("West</th>")[1].split("</tr>")[0]
    links = [part.split('"')[0] for part in row.split('href="')[1:]]
    counts = [part.split("<")[0] for part in row.split('">')[2::2]]
    assert counts[0] == "2"
    answer = browser.get(links[0].replace("&amp;", "&"))
    assert "2 deals" in answer.text.split('id="table-total"')[1][:80]
    assert "Team: West" in answer.text


def test_nothing_to_count_is_no_fault(rita: User, now, discover) -> None:
    for group in GROUPS:
        found = totals_of(rita, question_from({"group": group}), now=now)
        assert (found.total.sums, found.groups) == (Sums(), [])


@pytest.mark.usefixtures("pipeline")
def test_the_page_and_the_part_say_the_same(as_user, lena: User) -> None:
    for group in ("", "owner"):
        values = {"state": "closed", "group": group}
        whole = as_user(lena).get(URL, values).text
        part = as_user(lena).get(URL, values, headers=HTMX).text
        assert part.strip() in whole
        assert "<html" not in part


def test_queries_do_not_grow_with_the_groups(
    discover, lena, rita, as_user, count_queries
) -> None:
    browser = as_user(lena)
    for group in GROUPS:
        OpportunityFactory(owner=rita, stage=discover)
        few = count_queries(lambda g=group: browser.get(URL, {"group": g}))
        OpportunityFactory.create_batch(5, owner=rita, stage=discover)
        many = count_queries(lambda g=group: browser.get(URL, {"group": g}))
        assert many == few


@pytest.mark.parametrize(
    "odd",
    ["x", "0", "-1", "99999999999999999999", "\x00", "2026-13", "0000-01", "9999-12"],
)
def test_odd_addresses_break_nothing(as_user, rita: User, discover, odd: str) -> None:
    names = ("team", "above", "manager", "account", "quarter", "stage", "group")
    values = dict.fromkeys((*names, "columns", "view", "sort", "state", "process"), odd)
    for url in (LIST, URL):
        assert as_user(rita).get(url, values).status_code == 200


def test_what_an_address_says_is_read_again() -> None:
    said = (
        "q=cold&rep=3&state=all&team=0&quarter=2026-10"
        "&sort=-amount&columns=stage%2Camount&group=team"
    )
    question = question_from(QueryDict(said))
    assert question_from(asked(question.address())) == question
    assert parse_qs(question.address()) == parse_qs(said)


def test_a_quarter_is_named_as_the_company_counts() -> None:
    quarter = Quarter(date(2026, 11, 1))
    assert (quarter.last, quarter.key) == (date(2027, 1, 31), "2026-11")
    assert quarter.name(2) == "Q4 (Nov–Jan 2027)"
    assert Quarter(date(2026, 10, 1)).name(1) == "Q4 2026"
    assert quarter_from("2026-00") is quarter_from("1-1") is None
    with translation.override("de"):
        assert Quarter(date(2026, 3, 1)).name(3) == "Q1 (Mär–Mai 2026)"


@pytest.mark.usefixtures("pipeline")
def test_fiscal_quarters_begin_where_the_year_does(
    organisation, vera: User, now
) -> None:
    organisation.fiscal_year_month = 2
    organisation.save(update_fields=["fiscal_year_month"])
    vera = User.objects.with_surroundings().get(pk=vera.pk)
    question = question_from({"state": "all", "group": "quarter"})
    found = totals_of(vera, question, now=now)
    assert found.groups[0].name == "Q2 (May–Jul 2026)"
    assert found.groups[0].sums.won_amount == 500
