"""Meetings that change while somebody waits for their lock."""

import pytest

from rhythm.calendar import services
from rhythm.calendar.models import Meeting
from tests.factories.meetings import MeetingFactory
from tests.two import while_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_waits_for_a_meeting_finds_its_new_chair_and_deputy(central, lena, vera):
    meeting = MeetingFactory(team=central, chair=lena)
    kept = Meeting.objects.filter(pk=meeting.pk)

    found = while_waiting(
        lambda: kept.update(chair=vera, deputy=lena),
        lambda: services.hand_over(meeting, to=vera),
    )

    # Handing it to the chair that it has by now takes the deputy away.
    assert (found.chair, found.deputy) == (vera, None)
