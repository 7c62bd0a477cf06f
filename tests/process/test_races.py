"""Two admins at once: one change wins, the other one is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from pipeline.process import services
from pipeline.process.models import Draft, Process
from pipeline.process.selectors import stages_of, working
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.factories.process import a_process

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def all_at_once(act: Callable[[int], object]) -> list[object]:
    """Return what `act` returned, or raised, in threads that start together."""
    start = Barrier(AT_ONCE)

    def run(number: int) -> object:
        start.wait()
        try:
            return act(number)
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(run, range(AT_ONCE)))


def test_starting_at_once_makes_each_process_once() -> None:
    all_at_once(lambda _number: services.create_starter())
    assert Process.objects.count() == 2
    assert Process.objects.filter(is_default=True).count() == 1


def test_stages_ordered_at_once_keep_their_numbers_apart() -> None:
    process = a_process()
    first, second, third = process.stages.open().values_list("pk", flat=True)
    orders = [[first, second, third], [third, second, first], [second, third, first]]
    all_at_once(lambda number: services.order_stages(process, orders[number % 3]))
    positions = process.stages.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4, 5, 6]


def test_one_of_many_edits_in_a_draft_wins(ada: User) -> None:
    process = a_process()
    stage = stages_of(process)[0]
    now = timezone.now()
    answers = all_at_once(
        lambda number: services.draft_stage(
            process,
            replace(stage, purpose=f"Edit {number}"),
            answers={},
            by=ada,
            now=now,
            shown_version=1,
        )
    )
    assert sum(isinstance(each, Conflict) for each in answers) == AT_ONCE - 1
    assert Draft.objects.get().version == 1


def test_the_same_form_adds_one_stage_to_a_draft(ada: User) -> None:
    process, key, now = a_process(), uuid4(), timezone.now()
    made = all_at_once(
        lambda _number: services.draft_new_stage(
            process, name="Pilot", by=ada, now=now, submission_key=key
        )
    )
    assert len(set(made)) == 1
    assert [each.name for each in working(process).plan.opened()].count("Pilot") == 1
