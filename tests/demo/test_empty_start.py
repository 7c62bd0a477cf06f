"""Making the demo organisation takes an empty installation."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from scorecards.demo.days import Days
from scorecards.demo.seed import ZONE, deals_of, seed
from tests.factories.people import UserFactory

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_it_is_the_same_each_time() -> None:
    days = Days(NOW, ZONE)

    assert deals_of(days) == deals_of(days)


def test_tomorrow_it_has_moved_by_a_day_or_a_weekend() -> None:
    today, tomorrow = (Days(NOW + timedelta(days=ahead), ZONE) for ahead in (0, 1))
    assert [each.account for each in deals_of(today)][:18] == [
        each.account for each in deals_of(tomorrow)
    ][:18]
    assert all(each.closed_ago > 0 for each in deals_of(tomorrow) if each.closed)


def test_a_demo_never_mixes_with_peoples_own_data() -> None:
    UserFactory()

    with pytest.raises(ValidationError, match="people here already"):
        seed(NOW)
    with pytest.raises(CommandError, match="people here already"):
        call_command("seed_demo")
