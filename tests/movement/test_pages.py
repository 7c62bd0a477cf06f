import html
import json
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.movement import services
from pipeline.movement.bars import BARS
from pipeline.movement.days import presets
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import TeamFactory, UserFactory
from tests.movement.story import a_week

URL = reverse("movement:movement")
DEALS = reverse("movement:movement_deals")
DAYS = {"first": "2026-11-16", "last": "2026-11-19"}


@pytest.fixture
def week(rita, otto, stages):
    return a_week(rita, otto, stages)


def page_of(browser, **asked) -> str:
    response = browser.get(URL, asked)
    assert response.status_code == 200
    return response.content.decode()


def figure_of(page: str, key: str) -> dict:
    found = re.search(rf'id="{key}" data-chart="(.*?)"', page)
    assert found, f"no figure {key}"
    return json.loads(html.unescape(found[1]))


def bars_of(page: str) -> dict[str, tuple[str, ...]]:
    """Return what the tables say of each bar: by its name, deals and value."""
    rows = re.findall(
        r'<tr><th scope="row"><a href="[^"]*?bar=([\w-]+)">.*?</tr>', page, re.DOTALL
    )
    cells = re.findall(r'<tr><th scope="row"><a href.*?</tr>', page, re.DOTALL)
    return {
        name: tuple(re.findall(r'<td class="n">(.*?)</td>', row))
        for name, row in zip(rows, cells, strict=True)
    }


def test_each_bar_opens_the_deals_that_it_counts(week, as_user, max_, rita):
    browser = as_user(max_)
    page = page_of(browser, **DAYS, who=f"person-{rita.pk}")

    links = re.findall(r'<th scope="row"><a href="([^"]*)"', page)
    bars = bars_of(page)
    assert set(BARS) <= set(bars)
    for link, name in zip(links, bars, strict=True):
        if name not in BARS:
            continue
        deals, value = bars[name]
        opened = browser.get(link.replace("&amp;", "&")).content.decode()
        assert f"{deals} deal" in opened
        assert value in opened
        assert opened.count('<tr>\n      <th scope="row">') == int(deals)


def test_the_chart_says_what_the_table_says(week, as_user, max_):
    page = page_of(as_user(max_), **DAYS)

    trace = figure_of(page, "waterfall")["data"][0]
    bars = bars_of(page)
    for label, text, link in zip(
        trace["y"], trace["text"], trace["customdata"], strict=True
    ):
        name = link.rpartition("bar=")[2]
        assert label in page
        assert text.endswith(f" · {bars[name][0]}")


def test_each_part_of_the_funnel_opens_its_deals(week, as_user, max_):
    browser = as_user(max_)
    page = page_of(browser, **DAYS, cohort="365")
    found = re.findall(
        r'<a href="([^"]*bar=(?:reached|waiting|dropped)-[^"]*)"[^>]*>(\d+)?', page
    )

    assert len(found) > 5
    for link, count in found:
        opened = browser.get(link.replace("&amp;", "&")).content.decode()
        if count:
            assert f"{count} deal" in opened


def test_the_funnel_counts_the_furthest_stage(as_user, rita, lena, stages, now):
    today = timezone.now().date()
    for stage in ("Discover", "Propose", "Propose", "Negotiate"):
        OpportunityFactory(owner=rita, stage=stages[stage], opened_on=today)
    closed = {"closed_on": today, "opened_on": today}
    OpportunityFactory(owner=rita, stage=stages["Won"], outcome="won", **closed)
    OpportunityFactory(
        owner=rita,
        stage=stages["Lost"],
        outcome="lost",
        closed_from=stages["Propose"],
        **closed,
    )

    bars = bars_of(page_of(as_user(lena)))
    steps = [
        (each[0], re.sub(r"\D", "", each[3]), re.sub("<.*?>", "", each[4]))
        for name, each in bars.items()
        if name.startswith("reached")
    ]
    assert [int(each[0]) for each in steps] == [6, 5, 2, 1]
    assert [each[2] for each in steps] == ["0", "1", "0", "0"]


def test_a_team_is_its_people_and_all_below(week, as_user, vera, west, central, sales):
    browser = as_user(vera)
    deals = {
        team.name: bars_of(page_of(browser, **DAYS, who=f"team-{team.pk}"))["closing"]
        for team in (sales, west, central)
    }
    assert deals["West"][0] == "1"
    assert int(deals["Sales"][0]) == int(deals["Central"][0]) + 1


def test_people_and_teams_that_one_may_not_see_cannot_be_chosen(
    week, as_user, omar, rita, central
):
    browser = as_user(omar)
    plain = bars_of(page_of(browser, **DAYS))
    for who in (f"person-{rita.pk}", f"team-{central.pk}", "person-x", "nobody"):
        page = page_of(browser, **DAYS, who=who)
        assert bars_of(page) == plain
        assert "Rita Reyes" not in page


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "x", "last": "2026-99-99"},
        {"first": "0001-01-01", "last": "9999-12-31"},
        {"first": "2026-11-19", "last": "2026-11-16"},
        {"when": "never", "process": "9" * 40, "cohort": "\0"},
        {"who": "team-" + "9" * 30, "page": "-1"},
        {"when": "quarter"},
    ],
)
def test_bad_addresses_show_something(week, as_user, rita, asked):
    browser = as_user(rita)
    assert browser.get(URL, asked).status_code == 200
    assert browser.get(DEALS, {**asked, "bar": "new"}).status_code == 200


@pytest.mark.parametrize("bar", ["", "nothing", "reached-", "reached-999999", "x-1"])
def test_a_bar_that_is_not_there_is_not_found(week, as_user, rita, bar):
    assert as_user(rita).get(DEALS, {"bar": bar}).status_code == 404


def test_htmx_gets_the_charts_and_the_days(week, as_user, rita):
    response = as_user(rita).get(URL, DAYS, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "<html" not in page
    assert 'id="mv-days" hx-swap-oob="true"' in page


def test_without_deals_it_says_what_will_be_here(as_user, rita, process):
    page = page_of(as_user(rita))
    assert "No deals here yet" in page


def test_days_in_which_nothing_moved_say_so(as_user, rita, stages):
    OpportunityFactory(owner=rita, stage=stages["Propose"], opened_on=date(2026, 1, 1))
    page = page_of(as_user(rita), first="2026-02-01", last="2026-02-03")
    assert "Nothing moved in these days" in page


def test_queries_do_not_grow(as_user, vera, central, stages, count_queries):
    browser = as_user(vera)
    today = timezone.now().date()

    def more(count: int) -> None:
        for _ in range(count):
            owner = UserFactory(team=TeamFactory(parent=central))
            OpportunityFactory(owner=owner, stage=stages["Propose"], opened_on=today)

    def asked() -> tuple[int, int, int]:
        whole = count_queries(lambda: browser.get(URL, {"when": "28"}))
        part = count_queries(
            lambda: browser.get(URL, {"when": "28"}, headers={"HX-Request": "true"})
        )
        deals = count_queries(lambda: browser.get(DEALS, {"bar": "new"}))
        return whole, part, deals

    more(1)
    services.plan(now=timezone.now() + timedelta(days=1))
    services.summarise()
    few = asked()
    more(11)
    services.plan(now=timezone.now() + timedelta(days=2))
    while services.summarise():
        pass
    many = asked()

    assert many == few
    assert max(few) <= 12


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("week", date(2026, 11, 16)),
        ("7", date(2026, 11, 13)),
        ("28", date(2026, 10, 23)),
        ("month", date(2026, 11, 1)),
        ("quarter", date(2026, 10, 1)),
    ],
)
def test_usual_days(name, first):
    span = presets(date(2026, 11, 19), fiscal_month=1)[name]
    assert (span.first, span.last) == (first, date(2026, 11, 19))


def test_quarters_are_those_of_the_fiscal_year():
    assert presets(date(2026, 1, 19), 12)["quarter"].first == date(2025, 12, 1)
