"""Making the demo organisation takes an empty installation."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction

from pipeline.opportunities.models import Opportunity
from scorecards.demo.seed import seed
from tests.factories.people import UserFactory

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_it_is_the_same_each_time() -> None:
    def amounts() -> list[tuple[str, str]]:
        return sorted(
            (str(each.account), str(each.amount))
            for each in Opportunity.objects.select_related("account")
        )

    runs = []
    for _ in range(2):
        with transaction.atomic():
            seed(NOW)
            runs.append(amounts())
            transaction.set_rollback(True)

    assert runs[0] == runs[1]


def test_a_demo_never_mixes_with_peoples_own_data() -> None:
    UserFactory()

    with pytest.raises(ValidationError, match="people here already"):
        seed(NOW)
    with pytest.raises(CommandError, match="people here already"):
        call_command("seed_demo")
