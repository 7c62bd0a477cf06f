from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities import flags
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flag_counts import tallies
from pipeline.opportunities.selectors.flag_filters import flagged
from pipeline.opportunities.selectors.flags import flags_of
from tests.factories.opportunities import AccountFactory, OpportunityFactory
from tests.factories.process import MilestoneFactory

URL = reverse("opportunities:board")
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{URL}"}


def test_columns_say_count_sum_and_weighted_sum(
    discover, propose, rita, as_user
) -> None:
    OpportunityFactory.create_batch(2, owner=rita, stage=discover, amount=50_000)
    OpportunityFactory(owner=rita, stage=propose, amount=100_000)

    text = as_user(rita).get(URL).text

    assert "3 open deals" in text
    assert "€200k" in text
    assert "€20k" in text  # weighted at 20 %
    assert "Wants it solved" in text


def test_a_hidden_deal_changes_nothing_on_the_board(
    discover, rita, otto, as_user
) -> None:
    OpportunityFactory(owner=rita, stage=discover)
    browser = as_user(rita)
    before = plain(browser.get(URL))
    OpportunityFactory(owner=otto, stage=discover, amount=900_000)
    assert plain(browser.get(URL)) == before


def plain(answer) -> str:
    """Return the page without what differs each time."""
    lines = [line for line in answer.text.splitlines() if "csrf" not in line]
    return "\n".join(lines)


def test_queries_do_not_grow_with_the_board(
    discover, propose, lena, rita, dora, as_user, count_queries
) -> None:
    browser = as_user(lena)
    MilestoneFactory(stage=discover)
    OpportunityFactory(owner=rita, stage=discover)
    few = count_queries(lambda: browser.get(URL))

    OpportunityFactory.create_batch(10, owner=rita, stage=propose)
    OpportunityFactory.create_batch(10, owner=dora, stage=discover)
    many = count_queries(lambda: browser.get(URL))

    assert many == few
    assert few <= 12


def test_a_column_shows_twenty_and_pages_by_key(
    discover, rita, as_user, count_queries
) -> None:
    for number in range(45):
        amount = None if number < 5 else number // 2
        OpportunityFactory(owner=rita, stage=discover, amount=amount)
    browser = as_user(rita)
    text = browser.get(URL).text
    assert "25 more" in text

    assert count_queries(lambda: browser.get(more_link(text), headers=HTMX)) <= 8
    seen = ids(text)
    while link := more_link(text):
        text = browser.get(link, headers=HTMX).text
        seen += ids(text)
    assert len(seen) == len(set(seen)) == 45


def ids(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('data-item="')[1:]]


def more_link(text: str) -> str:
    if "bd-more" not in text:
        return ""
    part = text.split("bd-more")[1]
    return part.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")


@pytest.mark.parametrize(
    "after", ["", "x", "_", "1e9_3", "9" * 40 + "_1", "1_" + "9" * 30]
)
def test_a_key_that_is_none_answers_no_cards(
    discover, rita, as_user, after: str
) -> None:
    url = reverse("opportunities:board_cards", args=[discover.pk])
    assert as_user(rita).get(url, {"after": after}).status_code == 200


def test_filters_narrow_cards_and_sums(discover, lena, rita, as_user, central) -> None:
    marlow = AccountFactory(name="Marlow Airports")
    OpportunityFactory(owner=rita, stage=discover, account=marlow)
    OpportunityFactory(owner=lena, stage=discover, name="Kiln fans", close_on=None)
    browser = as_user(lena)

    for query, shown, hidden in [
        ({"q": "marl"}, "Marlow", "Kiln"),
        ({"rep": lena.pk}, "Kiln", "Marlow"),
        ({"closes": "none"}, "Kiln", "Marlow"),
        ({"rep": "x", "flag": "<b>", "process": "9" * 30}, "Marlow", "nothing"),
    ]:
        text = browser.get(URL, query, headers=HTMX).text
        assert shown in text
        assert f">{hidden}" not in text


@pytest.mark.parametrize("closes", ["past", "month", "quarter", "none"])
def test_every_close_filter_answers(discover, rita, as_user, closes: str) -> None:
    assert as_user(rita).get(URL, {"closes": closes}).status_code == 200


def test_a_filter_finds_the_deals_that_show_its_flag_and_no_others(
    discover, propose, negotiate, central, lena, rita
) -> None:
    now = timezone.now()
    today = lena.today(now)
    MilestoneFactory(stage=negotiate)
    propose.needs_outcome = True
    propose.save()
    stages = [discover, propose, negotiate]
    for number in range(60):
        OpportunityFactory(
            owner=rita if number % 3 else lena,
            stage=stages[number % 3],
            stage_since=now - timedelta(days=number),
            opened_on=today - timedelta(days=number),
            close_on=today + timedelta(days=number - 20) if number % 7 else None,
            next_step_on=today - timedelta(days=number // 2) if number % 4 else None,
            last_activity_at=now - timedelta(days=number // 3) if number % 5 else None,
            amount=Decimal(number**3) if number % 6 else None,
            gone_since=None if number % 9 else now,
        )
    for deal in Opportunity.objects.filter(pk__in=some()):
        deal.close_on = (deal.close_on or today) + timedelta(days=9)
        deal.stage = discover
        deal.save()
    deals = Opportunity.objects.select_related("stage")
    shown = flags_of(deals, viewer=lena, now=now)
    counted = tallies(lena, now=now)
    assert set(counted) == {lena.pk, rita.pk}

    for kind in flags.KINDS:
        wanted = {pk for pk, each in shown.items() if kind in {f.kind for f in each}}
        found = flagged(Opportunity.objects.all(), kind, viewer=lena, now=now)
        assert set(found.values_list("pk", flat=True)) == wanted, kind
        assert wanted, kind
        by_owner = Counter(found.values_list("owner", flat=True))
        for owner, tally in counted.items():
            assert tally.flags.get(kind, by_owner[owner]) == by_owner[owner], kind


def some() -> list[int]:
    keys = Opportunity.objects.order_by("pk").values_list("pk", flat=True)
    return list(keys[20:40])


def test_an_empty_board_says_what_comes_next(process, rita, as_user) -> None:
    assert "No open deals yet" in as_user(rita).get(URL).text


def test_without_a_process_the_board_says_so(rita, as_user) -> None:
    assert "There is no process yet" in as_user(rita).get(URL).text


def test_deals_of_other_processes_are_not_on_this_board(
    discover, rita, as_user
) -> None:
    from tests.factories.process import a_process

    renewal = a_process("Renewal", is_default=False)
    other = renewal.stages.get(name="Discover")
    OpportunityFactory(owner=rita, stage=other, name="Renewal deal")
    assert "Renewal deal" not in as_user(rita).get(URL).text
    assert "Renewal deal" in as_user(rita).get(URL, {"process": renewal.pk}).text


def test_names_are_shown_as_text(discover, rita, as_user) -> None:
    evil = "<script>alert(1)</script>\u202e🙂"
    OpportunityFactory(owner=rita, stage=discover, name=evil)
    text = as_user(rita).get(URL).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_the_day_that_a_quarter_ends_is_in_it() -> None:
    from pipeline.opportunities.selectors.filters import _closing

    assert _closing("quarter", date(2026, 11, 19), 1).children == [
        ("close_on__range", (date(2026, 10, 1), date(2026, 12, 31)))
    ]
    assert _closing("quarter", date(2026, 11, 19), 2).children == [
        ("close_on__range", (date(2026, 11, 1), date(2027, 1, 31)))
    ]


def test_executives_read_the_board_and_the_table(discover, rita, max_, as_user) -> None:
    OpportunityFactory(owner=rita, stage=discover, name="Kiln fans")
    browser = as_user(max_)
    for url in (URL, reverse("opportunities:opportunity_list")):
        text = browser.get(url).text
        assert "Kiln fans" in text
        assert "draggable" not in text
        assert "data-cell" not in text.replace("data-cell-form", "")
    assert "draggable" in as_user(rita).get(URL).text
