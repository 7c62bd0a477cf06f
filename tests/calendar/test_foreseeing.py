"""Before a cadence rests, it is said what goes and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from rhythm.calendar.models import Cadence, Meeting
from rhythm.calendar.services import plan_due
from rhythm.notices.models import Notice
from tests.factories.meetings import CadenceFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def review(central, lena, rita, time_machine) -> Cadence:
    """Central's weekly pipeline review, Tuesdays at nine, of which all know."""
    time_machine.move_to(NOW, tick=False)
    cadence = CadenceFactory(team=central)
    plan_due(now=NOW)
    Meeting.objects.update(created_at=NOW - timedelta(days=2))
    return cadence


def url(name: str, cadence: Cadence) -> str:
    return reverse(f"calendar:{name}", args=[cadence.pk])


@pytest.mark.parametrize(("name", "stay"), [("cadence_pause", 0), ("cadence_end", 1)])
def test_what_is_asked_is_what_happens(client, review, lena, name, stay):
    client.force_login(lena)
    ahead = Meeting.objects.filter(state="planned").count()

    asked = client.get(url(name, review))

    review.refresh_from_db()
    assert (review.is_active, review.last_on) == (True, None)
    assert f"{ahead - stay} meetings ahead are called off." in asked.text
    assert "2 people are told: Lena Lang and Rita Reyes." in asked.text

    client.post(url(name, review), {"version": review.version})
    plan_due(now=NOW)

    # Today's meeting stays where it ends today.
    assert Meeting.objects.filter(state="planned").count() == stay
    assert {each.recipient.name for each in Notice.objects.all()} == {
        "Lena Lang",
        "Rita Reyes",
    }


def test_where_nothing_is_ahead_nothing_is_said_to_go(client, central, lena):
    cadence = CadenceFactory(team=central)
    client.force_login(lena)

    assert "no meeting ahead" in client.get(url("cadence_pause", cadence)).text


def test_who_answers_after_somebody_changed_it_is_asked_again(client, review, lena):
    client.force_login(lena)
    Cadence.objects.update(version=7)

    answer = client.post(
        url("cadence_pause", review), {"version": 1}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text
    assert 'name="version" value="7"' in answer.text
    assert "<html" not in answer.text
    review.refresh_from_db()
    assert review.is_active
