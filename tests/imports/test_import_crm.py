"""The command: the same way as the pages, and it lists exactly what to say."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User
from tests.factories.process import a_process

pytestmark = pytest.mark.django_db

DEALS = """id,name,stage,owner,close date
1,Trench,Discover,rita@example.com,01/02/2026
2,Cable,Deep talk,,03/04/2026
"""


def run(*args: Any, **options: Any) -> str:
    out = StringIO()
    call_command("import_crm", *map(str, args), stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    file = tmp_path / "deals.csv"
    file.write_text(DEALS)
    return file


def test_it_lists_everything_that_is_still_to_be_said(
    ada: User, rita: User, deals: Path
) -> None:
    a_process()
    with pytest.raises(CommandError) as error:
        run(deals)
    said = str(error.value)
    assert "is close date day first or month first?" in said
    assert '--date-format "close date=dmy" or "close date=mdy"' in said
    assert '--stage "Deep talk=STAGE"' in said
    assert "--owner E-MAIL" in said
    assert not Opportunity.objects.exists()


def test_with_everything_said_it_brings_the_rows_in(
    ada: User, rita: User, deals: Path
) -> None:
    a_process()
    said = run(
        deals,
        "--date-format",
        "close date=dmy",
        "--stage",
        "Deep talk=Discover",
        "--owner",
        "ada@example.com",
    )
    assert "In all: 2 created, 0 changed, 0 unchanged, 0 skipped, 0 refused." in said
    trench = Opportunity.objects.get(external_id="1")
    assert trench.owner == rita
    assert str(trench.close_on) == "2026-02-01"
    assert trench.stage.name == "Discover"
    assert not trench.is_gated


def test_a_dry_run_changes_nothing(ada: User, rita: User, deals: Path) -> None:
    said = run(
        deals,
        "--new-process",
        "Sales",
        "--date-format",
        "close date=mdy",
        "--owner",
        "ada@example.com",
        "--dry-run",
    )
    assert "2 would be created" in said
    assert "Nothing was changed." in said
    assert not Opportunity.objects.exists()


def test_only_an_admin_brings_in_files(rita: User, deals: Path) -> None:
    with pytest.raises(CommandError, match="no active admin"):
        run(deals, "--as", "rita@example.com")
