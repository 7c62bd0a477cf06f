from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)

HTMX = {"HX-Request": "true"}
URL = reverse("activities:activity_list")


def outcomes(answer) -> list[str]:
    return [row.outcome for row in answer.context["listing"].items]


@pytest.fixture
def logged(rita, otto, lena, ritas_deal, kinds):
    """Rita's two, one of them old; Lena's on Rita's deal; Otto's."""
    now = timezone.now()
    call, mail = kinds[:2]
    ActivityFactory(opportunity=ritas_deal, kind=call, outcome="Hers")
    ActivityFactory(
        opportunity=ritas_deal,
        kind=mail,
        outcome="Old",
        happened_at=now - timedelta(days=40),
    )
    ActivityFactory(
        opportunity=ritas_deal,
        kind=call,
        owner=lena,
        outcome="Lena's",
        happened_at=now - timedelta(hours=1),
    )
    deal = OpportunityFactory(owner=otto)
    ActivityFactory(opportunity=deal, kind=call, outcome="Otto's")
    return call, mail


@pytest.mark.parametrize(
    ("who", "query", "wanted"),
    [
        ("rita", {}, ["Hers"]),
        ("rita", {"days": "all"}, ["Hers", "Old"]),
        ("rita", {"who": "all"}, ["Hers", "Lena's"]),
        ("lena", {}, ["Hers"]),
        ("lena", {"who": "mine"}, ["Lena's"]),
        ("max_", {}, ["Otto's", "Hers", "Lena's"]),
        ("otto", {"who": "all", "days": "all"}, ["Otto's"]),
        ("rita", {"who": "nobody", "days": "x", "kind": "x"}, ["Hers", "Lena's"]),
        ("rita", {"who": "9" * 40}, ["Hers", "Lena's"]),
    ],
)
def test_who_sees_which(as_user, logged, who, query, wanted, request):
    answer = as_user(request.getfixturevalue(who)).get(URL, query)

    assert outcomes(answer) == wanted


def test_kind_and_person_narrow_it(as_user, logged, lena, rita):
    _call, mail = logged
    browser = as_user(lena)

    by_kind = browser.get(URL, {"kind": mail.pk, "days": "all"})
    by_person = browser.get(URL, {"who": rita.pk})

    assert outcomes(by_kind) == ["Old"]
    assert outcomes(by_person) == ["Hers"]


def test_a_foreign_person_in_the_address_shows_nothing_foreign(
    as_user, logged, rita, otto
):
    answer = as_user(rita).get(URL, {"who": otto.pk})

    assert "Otto's" not in outcomes(answer)


@pytest.mark.parametrize(
    ("by", "title"), [("deal", "Line 2"), ("customer", "Brennecke Logistics")]
)
def test_the_switch_groups_by_deal_or_customer(as_user, logged, rita, by, title):
    answer = as_user(rita).get(URL, {"by": by, "days": "all"})

    [group] = answer.context["listing"].items
    assert (group.title, group.count) == (title, 2)
    assert [row.outcome for row in group.rows] == ["Hers", "Old"]


def test_a_group_shows_the_latest_and_counts_all(as_user, rita, ritas_deal):
    for number in range(5):
        ActivityFactory(
            opportunity=ritas_deal,
            outcome=f"Number {number}",
            happened_at=timezone.now() - timedelta(hours=number),
        )

    [group] = as_user(rita).get(URL, {"by": "deal"}).context["listing"].items

    assert group.count == 5
    assert [row.outcome for row in group.rows] == ["Number 0", "Number 1", "Number 2"]


@pytest.mark.parametrize("by", ["", "deal", "customer"])
def test_the_list_pages_by_key(as_user, rita, by):
    same = timezone.now()
    for number in range(70):
        at = same - timedelta(minutes=number // 7)
        ActivityFactory(opportunity__owner=rita, happened_at=at)
    browser, before, seen = as_user(rita), "", []
    while True:
        listing = browser.get(URL, {"by": by, "before": before}).context["listing"]
        seen += [getattr(each, "pk", None) or each.key for each in listing.items]
        before = listing.before
        if not before:
            break

    assert len(seen) == len(set(seen)) == 70


@pytest.mark.parametrize("before", ["x", "1e400.1", "9" * 40 + ".1", "nan.1", "1.²"])
def test_a_broken_page_address_shows_the_first_page(as_user, logged, rita, before):
    assert outcomes(as_user(rita).get(URL, {"before": before})) == ["Hers"]


@pytest.mark.parametrize("by", ["", "deal", "customer"])
def test_queries_do_not_grow_with_the_list(as_user, rita, count_queries, by):
    browser = as_user(rita)

    def some(number):
        for _ in range(number):
            made = ActivityFactory(opportunity__owner=rita)
            made.contacts.add(ContactFactory())

    some(1)
    few = count_queries(lambda: browser.get(URL, {"by": by}))
    some(10)
    many = count_queries(lambda: browser.get(URL, {"by": by}))

    assert many == few
    assert many <= 12


def test_a_filter_swaps_the_list_alone(as_user, logged, rita):
    page = as_user(rita).get(URL, {"days": "90"}, headers=HTMX).content.decode()

    assert page.lstrip().startswith('<div id="activities"')
    assert "Old" in page


@pytest.mark.parametrize("by", ["", "deal"])
def test_an_empty_list_teaches(as_user, rita, by):
    assert "Nothing logged here" in as_user(rita).get(URL, {"by": by}).content.decode()


@pytest.mark.parametrize("of", ["opportunity", "account"])
def test_the_part_of_a_page_shows_what_its_reader_may_see(
    as_user, logged, rita, otto, ritas_deal, of
):
    record = ritas_deal if of == "opportunity" else ritas_deal.account
    url = reverse(f"activities:{of}_activities", args=[record.pk])

    hers = as_user(rita).get(url, headers=HTMX)
    his = as_user(otto).get(url, headers=HTMX)

    assert outcomes(hers) == ["Hers", "Lena's", "Old"]
    if of == "opportunity":
        assert his.status_code == 404
    else:
        assert outcomes(his) == []


def test_the_part_without_htmx_is_the_list_of_that_deal(
    as_user, logged, rita, ritas_deal
):
    url = reverse("activities:opportunity_activities", args=[ritas_deal.pk])

    answer = as_user(rita).get(url, follow=True)

    assert outcomes(answer) == ["Hers", "Lena's", "Old"]
    assert "Of Line 2" in answer.content.decode()


def test_the_part_costs_the_same_with_more(as_user, rita, ritas_deal, count_queries):
    browser = as_user(rita)
    url = reverse("activities:opportunity_activities", args=[ritas_deal.pk])

    def ask():
        browser.get(url, headers=HTMX)

    ActivityFactory(opportunity=ritas_deal)
    few = count_queries(ask)
    ActivityFactory.create_batch(10, opportunity=ritas_deal)
    many = count_queries(ask)

    assert many == few
    assert many <= 8


def test_only_own_entries_of_the_last_week_offer_a_change(as_user, logged, rita, lena):
    rows = as_user(rita).get(URL, {"who": "all"}).context["listing"].items

    assert [(row.outcome, row.may_edit) for row in rows] == [
        ("Hers", True),
        ("Lena's", False),
    ]


def test_an_account_alone_is_named(as_user, rita):
    account = AccountFactory(name="Fell Breweries")
    ActivityFactory(opportunity=None, account=account, owner=rita)

    assert "Fell Breweries" in as_user(rita).get(URL).content.decode()
