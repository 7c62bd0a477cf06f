"""Many deals changed in one go, with a result for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from pipeline.opportunities.models import BulkRun, Opportunity, Source
from pipeline.opportunities.services import bulk
from pipeline.process.models import Process, Stage
from rhythm.people.models import User
from tests.factories.opportunities import BulkRunFactory, OpportunityFactory
from tests.factories.process import MilestoneFactory, a_process

pytestmark = pytest.mark.django_db

EDIT = "opportunities:bulk_edit"
Change = Callable[..., dict[int, tuple[str, str]]]


@pytest.fixture
def change(now: datetime) -> Change:
    """Return a function that changes deals, and returns what came of each."""

    def run(deals: list[Opportunity], what: bulk.BulkChange, by: User) -> object:
        shown = {each.pk: each.version for each in deals}
        made = bulk.change_many(shown, what, by=by, now=now, submission_key=uuid4())
        return {row["deal"]: (row["result"], row["text"]) for row in made.rows}

    return run  # type: ignore[return-value]


@pytest.fixture
def deals(rita: User, process: Process) -> list[Opportunity]:
    made = OpportunityFactory.create_batch(3, owner=rita, close_on=date(2026, 12, 1))
    return list(made)


def test_a_deal_that_is_refused_leaves_the_others_changed(
    deals: list[Opportunity], change: Change, rita: User, otto: User
) -> None:
    foreign = OpportunityFactory(owner=otto)
    closed = OpportunityFactory(
        owner=rita, outcome="lost", closed_on=date(2026, 1, 1), name="Old"
    )
    came = change([*deals, foreign, closed], bulk.CloseOn(date(2027, 1, 15)), rita)

    assert [came[each.pk][0] for each in deals] == ["changed"] * 3
    assert came[deals[0].pk][1].endswith("15 Jan 2027")
    assert came[foreign.pk] == ("refused", "You may not see it, or it is gone.")
    assert came[closed.pk][0] == "refused"
    assert "closed" in came[closed.pk][1]
    foreign.refresh_from_db()
    assert foreign.version == 1


def test_what_somebody_changed_meanwhile_stays_as_they_left_it(
    deals: list[Opportunity], change: Change, rita: User
) -> None:
    Opportunity.objects.filter(pk=deals[1].pk).update(next_step="Theirs", version=2)
    came = change(deals, bulk.NextStep("Mine", None), rita)

    assert came[deals[1].pk] == ("conflict", "")
    assert came[deals[0].pk][0] == came[deals[2].pk][0] == "changed"
    assert Opportunity.objects.get(pk=deals[1].pk).next_step == "Theirs"


def test_what_was_so_already_is_unchanged_and_keeps_its_version(
    deals: list[Opportunity], change: Change, rita: User
) -> None:
    came = change(deals[:1], bulk.CloseOn(date(2026, 12, 1)), rita)
    assert came[deals[0].pk][0] == "unchanged"
    assert Opportunity.objects.get(pk=deals[0].pk).version == 1


def test_a_gate_that_is_closed_says_what_is_missing(
    deals: list[Opportunity],
    change: Change,
    discover: Stage,
    propose: Stage,
    rita: User,
) -> None:
    MilestoneFactory(stage=discover, title="Budget is known")
    there = OpportunityFactory(owner=rita, stage=propose)
    other = OpportunityFactory(
        owner=rita, stage=a_process("Renewals", is_default=False).stages.all()[0]
    )
    came = change([deals[0], there, other], bulk.MoveTo(propose), rita)

    assert came[deals[0].pk] == ("refused", "Missing: Budget is known")
    assert came[there.pk][0] == "unchanged"
    assert came[other.pk][0] == "refused"
    assert Opportunity.objects.get(pk=deals[0].pk).stage == discover


def test_who_leads_the_owner_passes_the_gate_with_a_reason(
    deals: list[Opportunity],
    change: Change,
    discover: Stage,
    propose: Stage,
    lena: User,
) -> None:
    MilestoneFactory(stage=discover, title="Budget is known")
    came = change(deals, bulk.MoveTo(propose, "Agreed by phone"), lena)
    assert {result for result, _text in came.values()} == {"changed"}
    assert Opportunity.objects.filter(is_override=True).count() == 3


def test_what_the_crm_keeps_is_refused(
    deals: list[Opportunity], change: Change, rita: User
) -> None:
    Source.objects.create(name="crm", title="Salesly", owned=["close_on"])
    Opportunity.objects.filter(pk=deals[0].pk).update(source="crm")
    came = change(deals[:2], bulk.ShiftClose(7), rita)
    assert came[deals[0].pk] == ("refused", "Kept in Salesly: change it there.")
    assert Opportunity.objects.get(pk=deals[1].pk).close_on == date(2026, 12, 8)


def test_days_are_added_to_each_deals_own_date(
    deals: list[Opportunity], change: Change, rita: User
) -> None:
    undated = OpportunityFactory(owner=rita, close_on=None)
    later = OpportunityFactory(owner=rita, close_on=date(2027, 3, 1))
    came = change([undated, later], bulk.ShiftClose(-1), rita)
    assert came[undated.pk] == ("refused", "It has no close date to move.")
    assert Opportunity.objects.get(pk=later.pk).close_on == date(2027, 2, 28)


def test_no_deal_is_moved_to_a_day_that_no_form_takes(
    change: Change, rita: User
) -> None:
    last = OpportunityFactory(owner=rita, close_on=date(2200, 12, 31))
    came = change([last], bulk.ShiftClose(1), rita)
    assert came[last.pk] == ("refused", "There is no such day.")
    assert BulkRun.objects.get().what == "Expected close: +1 day"


def test_only_who_leads_both_gives_deals_away(
    deals: list[Opportunity],
    change: Change,
    rita: User,
    lena: User,
    vera: User,
    otto: User,
) -> None:
    assert {each[0] for each in change(deals, bulk.GiveTo(lena), rita).values()} == {
        "refused"
    }
    assert {each[0] for each in change(deals, bulk.GiveTo(otto), lena).values()} == {
        "refused"
    }
    came = change(deals, bulk.GiveTo(otto), vera)
    assert came[deals[0].pk] == ("changed", "Rita Reyes → Otto Olsen")
    assert set(Opportunity.objects.values_list("owner", flat=True)) == {otto.pk}


def test_history_says_that_it_was_one_change_of_many(
    deals: list[Opportunity], change: Change, rita: User
) -> None:
    change(deals, bulk.NextStep("Call all", None), rita)
    run = BulkRun.objects.get()
    contexts = [each.events.get().pgh_context for each in deals]
    assert {context["bulk"] for context in contexts} == {run.pk}


def test_the_same_form_again_is_one_run(
    deals: list[Opportunity], rita: User, now: datetime
) -> None:
    key, shown = uuid4(), {each.pk: 1 for each in deals}
    what = bulk.ShiftClose(7)
    runs = [
        bulk.change_many(shown, what, by=rita, now=now, submission_key=key)
        for _time in range(2)
    ]
    assert runs[0] == runs[1]
    assert {row["result"] for row in runs[1].rows} == {"changed"}
    assert Opportunity.objects.filter(close_on=date(2026, 12, 8)).count() == 3


def test_there_is_a_limit_and_it_is_said(rita: User, now: datetime) -> None:
    shown = dict.fromkeys(range(1, bulk.MOST + 2), 1)
    with pytest.raises(ValidationError, match="At most 500"):
        bulk.change_many(
            shown, bulk.ShiftClose(1), by=rita, now=now, submission_key=None
        )


def test_old_results_are_forgotten_with_the_next_run(
    deals: list[Opportunity], change: Change, rita: User, otto: User, now: datetime
) -> None:
    old = now - timedelta(days=31)
    BulkRunFactory(by=rita, created_at=old)
    others = BulkRunFactory(by=otto, created_at=old)
    recent = BulkRunFactory(by=rita, created_at=now - timedelta(days=29))
    change(deals, bulk.ShiftClose(1), rita)
    assert {recent.pk, others.pk} < set(BulkRun.objects.values_list("pk", flat=True))
    assert BulkRun.objects.count() == 3


@pytest.mark.parametrize("kind", ["give", "close", "step", "move"])
def test_each_deal_costs_the_same_number_of_queries(
    kind: str,
    lena: User,
    rita: User,
    otto: User,
    propose: Stage,
    discover: Stage,
    change: Change,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    MilestoneFactory(stage=discover, title="Budget", importance="expected")
    what: dict[str, bulk.BulkChange] = {
        "give": bulk.GiveTo(lena),
        "close": bulk.CloseOn(date(2027, 1, 1)),
        "step": bulk.NextStep("Call", None),
        "move": bulk.MoveTo(propose),
    }

    def cost(number: int) -> int:
        made = OpportunityFactory.create_batch(number, owner=rita)
        by = User.objects.get(pk=lena.pk)
        return count_queries(lambda: change(list(made), what[kind], by))

    one, three, five = cost(1), cost(3), cost(5)
    assert (five - three) == (three - one)
    assert (three - one) / 2 <= 13


# -- The pages --------------------------------------------------------------------
def marks(deals: list[Opportunity]) -> list[str]:
    return [f"{each.pk}-{each.version}" for each in deals]


def test_ticked_rows_are_changed_and_each_says_what_came_of_it(
    deals: list[Opportunity], rita: User, as_user: Callable[..., Client]
) -> None:
    browser = as_user(rita)
    table = browser.get(reverse("opportunities:opportunity_list")).text
    assert all(f'value="{mark}"' in table for mark in marks(deals))
    assert 'name="do" value="owner"' not in table

    asked = browser.get(reverse(EDIT), {"deal": marks(deals[:2]), "do": "close"})
    form = asked.context["form"]
    data = {"do": "close", "deals": form.initial["deals"], "days": "7"}
    data["submission_key"] = str(form["submission_key"].value())
    done = browser.post(reverse(EDIT), data)
    run = BulkRun.objects.get()
    assert done.url.startswith(run.get_absolute_url())
    page = browser.get(done.url).text
    assert "2 · Changed" in page
    assert deals[0].name in page
    assert deals[2].name not in page
    # Sent twice, by an impatient finger.
    again = browser.post(reverse(EDIT), data)
    assert again.url == done.url
    assert Opportunity.objects.get(pk=deals[0].pk).close_on == date(2026, 12, 8)


def test_all_that_match_are_taken_in_the_versions_of_now(
    deals: list[Opportunity], rita: User, lena: User, as_user: Callable[..., Client]
) -> None:
    OpportunityFactory(owner=lena)
    asked = as_user(lena).get(
        reverse(EDIT), {"all": "1", "of": f"rep={rita.pk}", "do": "step"}
    )
    assert asked.context["count"] == 3
    assert asked.context["form"].initial["deals"] == ",".join(marks(deals))


@pytest.mark.parametrize(
    ("do", "values"),
    [
        ("close", {}),
        ("close", {"close_on": "2027-01-01", "days": "3"}),
        ("close", {"days": "99999"}),
        ("close", {"close_on": "0001-01-01"}),
        ("stage", {"stage": "999"}),
        ("stage", {}),
        ("owner", {"to": "x"}),
        ("step", {"next_step": "x" * 301}),
        ("step", {"deals": "so,wrong,12-,-3,"}),
        ("step", {"deals": ""}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    do: str,
    values: dict[str, str],
    deals: list[Opportunity],
    lena: User,
    as_user: Callable[..., Client],
) -> None:
    data = {"do": do, "deals": ",".join(marks(deals)), **values}
    for headers in ({}, {"HX-Request": "true"}):
        answer = as_user(lena).post(reverse(EDIT), data, headers=headers)
        assert answer.status_code == 422
        assert "invalid" in answer.text or "alert" in answer.text
    assert not BulkRun.objects.exists()


def test_the_result_costs_the_same_for_any_number_of_deals(
    rita: User,
    change: Change,
    process: Process,
    as_user: Callable[..., Client],
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    browser = as_user(rita)

    def cost(number: int) -> int:
        made = OpportunityFactory.create_batch(number, owner=rita)
        change(list(made), bulk.ShiftClose(1), rita)
        run = BulkRun.objects.first()
        assert run is not None
        return count_queries(lambda: browser.get(run.get_absolute_url()))

    assert cost(1) == cost(11)


def test_a_result_is_silent_on_deals_that_went_out_of_sight(
    deals: list[Opportunity],
    change: Change,
    rita: User,
    otto: User,
    as_user: Callable[..., Client],
) -> None:
    change(deals, bulk.NextStep("Our secret step", None), rita)
    Opportunity.objects.filter(pk=deals[0].pk).update(owner=otto)
    page = as_user(rita).get(BulkRun.objects.get().get_absolute_url()).text
    assert deals[0].name not in page
    assert "A deal that you may not see" in page
