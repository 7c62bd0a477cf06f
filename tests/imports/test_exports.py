"""A Salesforce organisation's own export, and one whose accounts are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.imports.models import ImportState
from pipeline.imports.questions import open_questions
from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.process.models import Process
from rhythm.people.models import User
from tests.imports.steps import bring_in, check, files_in, rows, totals, upload

pytestmark = [pytest.mark.sample_data, pytest.mark.django_db]


def test_the_export_comes_in_and_again_changes_nothing(
    ada: User, rita: User, sample_data: Path
) -> None:
    folder = sample_data / "salesforce-devorg"
    run = upload(ada, *files_in(folder), source="salesforce")
    kinds = {file.name: file.kind for file in run.files.all()}
    assert kinds == {
        "Account.csv": "accounts",
        "Contact.csv": "contacts",
        "Lead.csv": "later",
        "Opportunity.csv": "opportunities",
        "OpportunityHistory.csv": "history",
        "OpportunityHistoryGroup.csv": "ignore",
    }
    # The file has no owner: one is asked for.
    assert "Some rows have no owner. Whose are they?" in {
        each.text for each in open_questions(run)
    }
    run = bring_in(run, process_name="Generators", owner=rita.pk)
    assert run.state == ImportState.DONE, run.error
    assert totals(run) == {"create": 18 + 25 + 36 + 48}
    moved = Opportunity.objects.exclude(events=None)
    # Eleven deals have more than one entry; where both name one stage nothing moved.
    assert 0 < moved.count() <= 11
    assert (Account.objects.count(), Contact.objects.count()) == (18, 25)
    deal = Opportunity.objects.get(name="Dickenson Mobile Generators")
    assert deal.external_id == "006bm00000LKJNNAA5"
    assert (str(deal.close_on), str(deal.opened_on)) == ("2024-02-03", "2026-02-23")
    assert (deal.owner, str(deal.account), str(deal.stage)) == (
        rita,
        "Dickenson plc",
        "Qualification",
    )
    won = Opportunity.objects.filter(outcome="won")
    assert won.count() == 12
    assert not won.filter(closed_on=None).exists()
    stages = Process.objects.get().stages.values_list("name", flat=True)
    assert list(stages)[:3] == ["Prospecting", "Qualification", "Needs Analysis"]
    again = upload(ada, *files_in(folder), source="salesforce")
    assert set(totals(bring_in(again, owner=rita.pk))) == {"same"}


def test_accounts_that_no_file_has_are_made_visibly(
    ada: User, sample_data: Path
) -> None:
    files = [
        each
        for each in files_in(sample_data / "maven" / "original")
        if each.name != "accounts.csv"
    ]
    run = check(upload(ada, *files, source="maven"), process_name="Hardware")
    made = rows(run, kind="accounts")
    assert len(made) == 85
    assert {row.action for row in made} == {"create"}
    assert made[0].reasons == ["Named in this row, and in no file of accounts"]
