"""Files that say when deals came to their stages give imported deals a past."""

from __future__ import annotations

import pytest

from pipeline.imports.models import ImportRun
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, rows, totals, upload

pytestmark = pytest.mark.django_db

DEALS = "id,name,account,stage,created\n1,Trench,Acme,Propose,2026-01-05\n"
HISTORY = (
    "opportunity id,stage,date\n"
    "1,Discover,2026-01-05\n"
    "1,Propose,2026-03-01\n"
    "9,Propose,2026-03-01\n"
)


def brought(ada: User, **files: str) -> ImportRun:
    made = [a_file(f"{name}.csv", text) for name, text in files.items()]
    return bring_in(upload(ada, *made), owner=ada.pk)


@pytest.fixture(autouse=True)
def process() -> None:
    a_process()


def test_deals_and_their_history_come_in_together(ada: User) -> None:
    run = brought(ada, deals=DEALS, history=HISTORY)
    assert totals(run) == {"create": 2 + 2, "refuse": 1}
    deal = Opportunity.objects.get()
    event = deal.events.get()
    assert event.stage.name == "Discover"
    assert event.pgh_created_at.date().isoformat() == "2026-02-28"
    assert deal.stage_since == event.pgh_created_at
    refused = rows(run, kind="history", action="refuse")[0]
    assert refused.reasons == ["It is of no deal that is known"]


def test_history_may_come_later_and_again(ada: User) -> None:
    brought(ada, deals=DEALS)
    known = HISTORY.replace("9,Propose,2026-03-01\n", "")
    assert totals(brought(ada, history=known)) == {"create": 2}
    assert totals(brought(ada, history=known)) == {"same": 2}
    assert Opportunity.objects.get().events.count() == 1


def test_entries_of_two_files_make_one_way(ada: User) -> None:
    brought(ada, deals=DEALS)
    brought(ada, history="opportunity id,stage,date\n1,Discover,2026-01-05\n")
    assert not Opportunity.objects.get().events.exists()
    brought(ada, history="opportunity id,stage,date\n1,Propose,2026-03-01\n")
    assert Opportunity.objects.get().events.get().stage.name == "Discover"
