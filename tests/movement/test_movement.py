from datetime import date
from decimal import Decimal

import pytest

from pipeline.movement.bars import BARS
from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope
from pipeline.movement.selectors.bars import movement_of
from pipeline.movement.selectors.rows import LAST_PAGE, Told, rows_of
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import a_process
from tests.movement.conftest import WEEK, on
from tests.movement.story import a_week, told

TOLD = Told(date(2026, 11, 19), "EUR")


@pytest.fixture
def week(rita, otto, stages):
    return a_week(rita, otto, stages)


def deals_of(viewer, scope, bar, span=WEEK) -> set[int]:
    """Return the deals of a bar, from all its pages."""
    found: set[int] = set()
    for number in range(1, LAST_PAGE):
        page = rows_of(viewer, scope, span, BARS[bar], number, TOLD)
        found |= {row.id for row in page.rows}
        if not page.has_next:
            return found
    raise AssertionError("no end")


@pytest.fixture
def ritas(rita) -> Scope:
    return Scope(owners=(rita.pk,))


@pytest.mark.parametrize(
    ("bar", "names"),
    [
        ("new", {"new", "new_and_won"}),
        ("reopened", {"reopened"}),
        ("came_in", {"came_in"}),
        ("went_out", {"went_out"}),
        ("grew", {"grew", "got_amount", "grew_and_won"}),
        ("shrank", {"shrank"}),
        ("won", {"new_and_won", "grew_and_won"}),
        ("lost", {"lost"}),
        ("walked_away", {"walked_away"}),
        ("advanced", {"advanced"}),
        ("moved_back", {"moved_back"}),
        ("slipped", {"slipped"}),
        ("pulled_in", {"pulled_in"}),
    ],
)
def test_what_happened_to_a_deal_is_in_its_bar(week, max_, ritas, bar, names):
    assert deals_of(max_, ritas, bar) == {week[name].pk for name in names}


def test_what_was_open_and_the_changes_add_up_to_what_is_open(week, max_, ritas):
    changes = movement_of(max_, ritas, WEEK).changes
    by_name = {each.bar.name: each.value for each in changes}

    assert sum(each.value for each in changes[:-1]) == changes[-1].value
    # 1 + 5 + 6 + 7 + 8 + 100 + 200 + 300 + 400 + 500 + 800 + 10 + 11
    assert by_name["opening"] == 2348
    assert by_name["grew"] == 50 + 9 + 20
    assert by_name["won"] == -(30 + 320)


@pytest.mark.parametrize("who", ["rita", "otto", "lena", "vera", "max_"])
@pytest.mark.parametrize("first", [1, 4, 17, 18, 19])
def test_it_adds_up_for_everybody_and_any_days(week, request, who, first):
    viewer = request.getfixturevalue(who)
    span = Span(date(2026, 11, first), date(2026, 11, 19))
    changes = movement_of(viewer, Scope(), span).changes
    assert sum(each.value for each in changes[:-1]) == changes[-1].value


@pytest.mark.parametrize("bar", BARS)
def test_the_list_of_a_bar_is_what_it_counts(week, rita, max_, ritas, bar, stages):
    # More than a page of what may be in any bar.
    for amount in range(60):
        told(
            rita,
            stages,
            (on(17), {"amount": Decimal(amount), "close_on": date(2026, 12, 1)}),
            amount=amount * 2,
        )
    for scope in (Scope(), ritas):
        found = movement_of(max_, scope, WEEK)
        [counted] = [
            each for each in (*found.changes, *found.moves) if each.bar.name == bar
        ]
        page = rows_of(max_, scope, WEEK, BARS[bar], 1, TOLD)

        assert (page.deals, page.value) == (counted.deals, counted.value)
        assert len(deals_of(max_, scope, bar)) == counted.deals


def test_a_row_says_what_it_was_and_what_it_is(week, max_, ritas):
    [row] = rows_of(max_, ritas, WEEK, BARS["shrank"], 1, TOLD).rows
    assert (row.amount.old, row.amount.new, row.value) == ("€200", "€170", "−€30")
    assert (row.stage.old, row.stage.new) == ("", "Propose")

    [row] = rows_of(max_, ritas, WEEK, BARS["lost"], 1, TOLD).rows
    assert (row.stage.old, row.stage.new) == ("Propose", "Lost")


def test_a_closed_deal_without_a_past_was_open_until_it_closed(rita, max_, stages):
    deal = told(rita, stages, stage="Won", amount=10, closed_from=None)

    assert deals_of(max_, Scope(), "opening") == {deal.pk}
    assert deals_of(max_, Scope(), "won") == {deal.pk}
    [row] = rows_of(max_, Scope(), WEEK, BARS["won"], 1, TOLD).rows
    assert row.stage.old == "–"


def test_days_are_those_on_the_viewers_wall(rita, max_, stages):
    # Midnight in Berlin is an hour before that of UTC.
    told(rita, stages, (on(15, hour=23), {"amount": Decimal(1)}), amount=2)

    for zone, deals in (("Europe/Berlin", 1), ("UTC", 0)):
        max_.time_zone = zone
        assert len(deals_of(max_, Scope(), "grew")) == deals


def test_hidden_deals_move_nothing(week, omar, otto):
    seen = deals_of(omar, Scope(owners=(omar.pk, otto.pk)), "closing")
    assert seen == {week["went_out"].pk}
    # It was Rita's before, and came to where Omar sees it.
    assert deals_of(omar, Scope(owners=(omar.pk, otto.pk)), "came_in") == seen


def test_a_process_narrows_it(week, max_, rita, process):
    other = a_process("Renewals", is_default=False)
    deal = OpportunityFactory(
        owner=rita, stage=other.stages.get(name="Propose"), opened_on=date(2026, 1, 1)
    )
    assert deals_of(max_, Scope(process=other.pk), "closing") == {deal.pk}


def test_only_the_two_ends_count_not_what_was_between(rita, max_, stages):
    told(
        rita,
        stages,
        (on(17), {"amount": Decimal(1)}),
        (on(18), {"amount": Decimal(50)}),
        amount=1,
    )
    assert movement_of(max_, Scope(), WEEK).is_still


def test_a_removed_deal_was_never_there(week, max_, ritas):
    week["still"].delete()
    assert week["still"].pk not in deals_of(max_, ritas, "opening")


def test_it_costs_one_query(week, max_, ritas, count_queries):
    assert count_queries(lambda: movement_of(max_, ritas, WEEK)) == 1
