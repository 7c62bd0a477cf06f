"""The second week's export of a real pipeline, after a week of work with the first."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pghistory
import pytest
from django.utils import timezone

from pipeline.imports import conflicts, services
from pipeline.imports.models import ImportRun, ImportState
from pipeline.opportunities import services as deals
from pipeline.opportunities.models import Opportunity, Source
from pipeline.process.models import Stage
from rhythm.people.models import User
from tests.imports.steps import (
    a_file,
    bring_in,
    check,
    files_in,
    rows,
    totals,
    upload,
    worked,
)

pytestmark = [pytest.mark.sample_data, pytest.mark.django_db]

type Lines = list[dict[str, str]]
NAME = "sales_pipeline.csv"


def week_two(first: Path) -> tuple[str, dict[str, list[str]]]:
    """Return the same export a week on, and the ids of the deals by what happened."""
    with open(first, encoding="utf-8", newline="") as file:
        lines: Lines = list(csv.DictReader(file))
    engaging = [each for each in lines if each["deal_stage"] == "Engaging"]
    prospecting = [each for each in lines if each["deal_stage"] == "Prospecting"]
    told = {
        "won": engaging[:10],
        "moved": prospecting[:7],
        "conflict": engaging[10:13],
        "gone": engaging[20:25],
    }
    for each in [*told["won"], *told["conflict"]]:
        each |= {"deal_stage": "Won", "close_date": "2017-12-30", "close_value": "999"}
    for each in told["moved"]:
        each |= {"deal_stage": "Engaging", "engage_date": "2017-12-29"}
    kept = [each for each in lines if each not in told["gone"]]
    new = [{**lines[0], "opportunity_id": f"NEW{n:05}"} for n in range(4)]
    text = io.StringIO()
    out = csv.DictWriter(text, fieldnames=list(lines[0]))
    out.writeheader()
    out.writerows([*kept, *new])
    ids = {
        what: [each["opportunity_id"] for each in which] for what, which in told.items()
    }
    return text.getvalue(), ids


def deal(key: str) -> Opportunity:
    return Opportunity.objects.get(external_id=key)


def test_a_second_week_brings_what_changed_and_asks_about_conflicts(
    ada: User, sample_data: Path
) -> None:
    folder = sample_data / "maven" / "original"
    run = upload(ada, *files_in(folder), source="maven")
    bring_in(run, process_name="Hardware")
    text, ids = week_two(folder / NAME)
    lost = Stage.objects.get(kind="lost")
    with pghistory.context(user=ada.pk):
        # A week of work here, on deals that the CRM moved on too, and on others.
        for key in ids["conflict"]:
            deals.close(
                deal(key),
                outcome="lost",
                reason="Gone quiet",
                by=ada,
                now=timezone.now(),
            )
        for key in ids["won"][:3]:
            values = {"next_step": "Send the contract", "close_on": date(2018, 1, 9)}
            deals.edit(deal(key), values, by=ada, shown_version=None)

    later = upload(ada, a_file(NAME, text), source="maven")
    assert later.answers["recalled"] == run.pk
    checked = check(later)
    assert totals(checked) == {
        "create": 4,
        "change": 10 - 3 + 7,
        "conflict": 3 + 3,
        "gone": 5,
        "same": 8800 - 10 - 7 - 3 - 5,
    }
    _settle_first_conflict(checked, ids)
    done = worked(services.start_run(checked))
    assert done.state == ImportState.DONE, done.error
    _look_at(ids, lost)
    again = bring_in(upload(ada, a_file(NAME, text), source="maven"))
    assert totals(again) == {"same": 8800 - 5 + 4}
    assert Source.objects.get().as_of == again.created_at


def _settle_first_conflict(run: ImportRun, ids: dict[str, list[str]]) -> None:
    listed = rows(run, action="conflict")
    fields = {
        entry["field"]
        for row in listed
        for entry in row.changes
        if entry.get("how") == "ours"
    }
    assert fields >= {"stage", "close_on"}
    target = deal(ids["conflict"][0]).pk
    conflicts.settle(run, "theirs", kind="opportunities", target=target, field="stage")


def _look_at(ids: dict[str, list[str]], lost: Stage) -> None:
    won, *others = (deal(key) for key in ids["conflict"])
    assert (won.outcome, won.amount) == ("won", Decimal(999))
    assert {each.stage for each in others} == {lost}
    assert Opportunity.objects.filter(external_id__startswith="NEW").count() == 4
    gone = Opportunity.objects.exclude(gone_since=None)
    assert set(gone.values_list("external_id", flat=True)) == set(ids["gone"])
    edited = deal(ids["won"][0])
    assert (edited.outcome, edited.next_step) == ("won", "Send the contract")
    assert edited.close_on == date(2018, 1, 9), "ours stays where both changed"
    assert {deal(key).stage.name for key in ids["moved"]} == {"Engaging"}
