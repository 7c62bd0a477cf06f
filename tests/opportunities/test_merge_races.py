"""Merges and changes of many deals, while somebody else does something."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404

from pipeline.activities.models import Activity
from pipeline.activities.services import change, create_starter_kinds, log, remove
from pipeline.activities.services.log import Entry
from pipeline.opportunities import services
from pipeline.opportunities.models import Account, BulkRun, Opportunity
from pipeline.opportunities.services.bulk import NextStep, change_many
from pipeline.opportunities.services.merging import MERGED_FIELDS, merge_into
from pipeline.opportunities.services.process_changes import remove_stage
from pipeline.process.models import Process
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)
from tests.two import while_waiting

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def merge(stays: Any, gone: Any, by: User) -> Any:
    values = {name: getattr(stays, name) for name in MERGED_FIELDS[type(stays)]}
    return merge_into(stays, gone, values, by=by, shown={stays.pk: 1, gone.pk: 1})


def at_once(acts: list[Any]) -> list[Any]:
    """Do all at the same moment; return what each returned, or raised."""
    barrier = Barrier(len(acts))

    def one(act: Any) -> Any:
        try:
            barrier.wait(120)
            return act()
        except (Conflict, Http404) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.parametrize("how", ["create", "edit", "contact"])
def test_what_points_at_an_account_during_its_merge_points_at_the_one_that_stays(
    how: str, rita: User, process: Process, now: datetime
) -> None:
    stays, gone = AccountFactory(), AccountFactory()
    deal = OpportunityFactory(owner=rita)
    acts: dict[str, Any] = {
        "create": lambda: services.create(
            {"name": "New", "account": gone}, owner=rita, now=now
        ),
        "edit": lambda: services.edit(
            deal, {"account": gone}, by=rita, shown_version=1
        ),
        "contact": lambda: services.create_contact({"name": "Petra", "account": gone}),
    }
    made = while_waiting(lambda: merge(stays, gone, rita), acts[how])
    made.refresh_from_db()
    assert made.account == stays


def test_a_part_in_a_deal_given_during_a_merge_is_of_the_one_that_stays(
    rita: User, process: Process
) -> None:
    stays, gone = ContactFactory(), ContactFactory()
    deal = OpportunityFactory(owner=rita)
    part = while_waiting(
        lambda: merge(stays, gone, rita),
        lambda: services.add_person(deal, gone, by=rita),
    )
    assert part.contact == stays


def test_a_deal_that_is_edited_is_waited_for_and_moves(
    rita: User, process: Process
) -> None:
    stays, gone = AccountFactory(), AccountFactory()
    deal = OpportunityFactory(owner=rita, account=gone)
    while_waiting(
        lambda: services.edit(deal, {"name": "Edited"}, by=rita, shown_version=1),
        lambda: merge(stays, gone, rita),
    )
    deal.refresh_from_db()
    assert (deal.name, deal.account, deal.version) == ("Edited", stays, 3)


def hold(record: Any) -> Any:
    """Lock the record; refuse to wait for it."""
    locked = type(record).objects.select_for_update(of=("self",), nowait=True)
    return locked.get(pk=record.pk)


def test_who_logs_on_a_deal_waits_for_it_before_the_account_is_held(
    rita: User, process: Process, now: datetime
) -> None:
    deal = OpportunityFactory(owner=rita, account=AccountFactory())
    kind = create_starter_kinds()[0]
    logged = while_waiting(
        lambda: hold(deal),
        lambda: log(Entry(kind=kind, opportunity=deal), by=rita, now=now),
        lambda: hold(deal.account),
    )
    assert logged.account == deal.account


@pytest.mark.parametrize("act", ["change", "remove"])
def test_who_changes_what_was_logged_waits_for_the_deal_before_it_is_held(
    act: str, rita: User, process: Process, now: datetime
) -> None:
    deal = OpportunityFactory(owner=rita, account=AccountFactory())
    entry = Entry(kind=create_starter_kinds()[0], opportunity=deal)
    logged = log(entry, by=rita, now=now)
    acts: dict[str, Callable[[], Activity]] = {
        "change": lambda: change(
            logged, replace(entry, outcome="Yes"), by=rita, now=now
        ),
        "remove": lambda: remove(logged, by=rita, now=now),
    }
    while_waiting(
        lambda: hold(deal), acts[act], lambda: [hold(deal.account), hold(logged)]
    )
    logged = Activity.everything.get(pk=logged.pk)
    assert (logged.outcome, logged.removed_at) == (
        ("Yes", None) if act == "change" else ("", now)
    )


def test_a_stage_that_goes_takes_its_deals_in_one_order(
    rita: User, process: Process, now: datetime
) -> None:
    gone, to = process.stages.get(name="Propose"), process.stages.get(name="Discover")
    low, high = OpportunityFactory.create_batch(2, owner=rita, stage=gone)
    # Written again, it comes after the other one on the disk.
    Opportunity.objects.filter(pk=low.pk).update(name="Later")
    moved = while_waiting(
        lambda: hold(low),
        lambda: remove_stage(gone, to=to, keep_answers=False, now=now),
        lambda: hold(high),
    )
    assert moved == 2


def test_of_two_merges_in_opposite_directions_one_happens(rita: User) -> None:
    one, other = AccountFactory(), AccountFactory()
    came = at_once([lambda: merge(one, other, rita), lambda: merge(other, one, rita)])
    assert sum(isinstance(each, Account) for each in came) == 1
    assert Account.objects.standing().count() == 1


def test_one_form_sent_many_times_at_once_is_one_run(
    rita: User, process: Process, now: datetime
) -> None:
    deals = OpportunityFactory.create_batch(3, owner=rita)
    shown, key = {each.pk: 1 for each in deals}, uuid4()

    def send() -> BulkRun:
        step = NextStep("Call all", None)
        return change_many(shown, step, by=rita, now=now, submission_key=key)

    runs = at_once([send] * AT_ONCE)
    assert {run.pk for run in runs} == {BulkRun.objects.get().pk}
    assert {row["result"] for row in BulkRun.objects.get().rows} == {"changed"}
    assert set(Opportunity.objects.values_list("version", flat=True)) == {2}


def test_of_many_runs_over_the_same_deals_each_deal_is_changed_once(
    rita: User, process: Process, now: datetime
) -> None:
    deals = OpportunityFactory.create_batch(6, owner=rita)

    def send(number: int) -> BulkRun:
        order = deals if number % 2 else list(reversed(deals))
        return change_many(
            {each.pk: 1 for each in order},
            NextStep(f"Step {number}", None),
            by=rita,
            now=now,
            submission_key=uuid4(),
        )

    runs = at_once([lambda n=n: send(n) for n in range(AT_ONCE)])
    results = [row["result"] for run in runs for row in run.rows]
    assert results.count("changed") == 6
    assert results.count("conflict") == 6 * (AT_ONCE - 1)
    assert len(set(Opportunity.objects.values_list("next_step", flat=True))) == 1
