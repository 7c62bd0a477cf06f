"""The week as mail to its leaders, on their own Friday afternoon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rhythm.notices.models import Notice
from rhythm.people.models import User
from scorecards.discipline import mailing, tasks
from tests.discipline.test_kept import met
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

# Four in the afternoon in Berlin.
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.fixture
def leaders(vera, lena, omar, central, west) -> None:
    met(lena, central)


def tell(now: datetime) -> None:
    for pk in mailing.to_tell(now):
        tasks.tell_week(pk, TickFactory(at=now).pk)


def test_leaders_get_their_week_on_friday_afternoon(leaders):
    tell(FRIDAY - timedelta(minutes=1))
    assert not Notice.objects.exists()

    tell(FRIDAY)

    told = Notice.objects.filter(kind="discipline.week")
    assert set(told.values_list("recipient__name", flat=True)) == {
        "Vera Voss",
        "Lena Lang",
        "Omar Odeh",
    }
    mine = told.get(recipient__name="Lena Lang")
    assert "You, this week: 1 held" in mine.text
    assert "Omar" not in mine.text
    above = told.get(recipient__name="Vera Voss")
    assert "- Lena Lang: 1 held" in above.text
    assert "- Omar Odeh: nothing was due" in above.text


def test_nobody_gets_it_twice(leaders):
    for hours in (0, 1, 20, 40):
        tell(FRIDAY + timedelta(hours=hours))

    assert Notice.objects.filter(kind="discipline.week").count() == 3


def test_each_friday_has_its_own(leaders):
    tell(FRIDAY)
    tell(FRIDAY + timedelta(days=7))

    assert Notice.objects.filter(kind="discipline.week").count() == 6


def test_after_the_weekend_it_is_too_late(leaders):
    tell(FRIDAY + timedelta(hours=49))

    assert not Notice.objects.exists()


def test_it_is_friday_where_the_leader_is(leaders, lena):
    User.objects.filter(pk=lena.pk).update(time_zone="Pacific/Auckland")

    # Four in the afternoon there, four in the morning in Berlin.
    tell(datetime(2026, 11, 27, 3, 0, tzinfo=UTC))

    told = Notice.objects.filter(kind="discipline.week")
    assert [each.recipient for each in told] == [lena]


def test_on_a_tuesday_nothing_is_asked(leaders, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert mailing.to_tell(FRIDAY - timedelta(days=3)) == []


def test_who_was_deactivated_gets_none(leaders, omar):
    omar.is_active = False
    omar.save(update_fields=["is_active"])

    tell(FRIDAY)

    told = Notice.objects.values_list("recipient__name", flat=True)
    assert "Omar Odeh" not in told
