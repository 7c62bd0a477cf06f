"""The bench keeps up with the schema and with the pages that it measures."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import override_settings

from pipeline.opportunities.models import Opportunity
from rhythm.calendar.models import Cadence
from rhythm.people.models import User
from tests.tools.bench import engine, seed
from tests.tools.bench.cases import Cases
from tests.tools.bench.measure import figures
from tests.tools.bench.report import Line, missed, pages, worked

pytestmark = pytest.mark.django_db


@override_settings(ROOT_URLCONF="tests.tools.bench.floors", ALLOWED_HOSTS=["localhost"])
def test_every_page_and_every_floor_answers() -> None:
    seed.people()
    seed.grow(2_000)
    seed.grow(4_500)
    with connection.cursor() as cursor:
        # Without it, each plan is made for empty tables, and takes minutes.
        cursor.execute("ANALYZE")

    assert User.objects.count() == 500
    assert Opportunity.objects.count() == 4_500
    assert Opportunity.objects.open().count() == 450
    lines = []
    for case in Cases(seed.cast()).all():
        asks = [case.ask, case.floor] if case.floor else [case.ask]
        full, *floor = figures(asks, rounds=2, seconds=0)
        assert full.status == case.status, case.title
        assert all(each.status in (200, 302) for each in floor), case.title
        lines.append(Line(case, full, full, floor[0] if floor else None))
    assert "board, manager" in pages(lines)
    assert missed(lines, [], None)


def test_the_clock_works_and_leaves_no_trace(capsys) -> None:
    seed.people()

    works = engine.measure(20, print)

    planned, made, *others = works
    assert planned.count == 20
    # A day is planned when eight weeks hold it, so some have nine.
    assert made.count in range(160, 181)
    assert all(each.count for each in others)
    assert not Cadence.objects.exists()
    assert "reminders rendered and queued" in worked(works)
