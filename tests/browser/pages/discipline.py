"""Is the rhythm kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from rhythm.calendar.models import MeetingState
from tests.browser.cases import PageCase
from tests.factories.meetings import CadenceFactory, MeetingFactory


def quarter(get: Any) -> list[Any]:
    """Make thirteen weeks of Lena's and Omar's reviews: most held, some missed."""
    now = timezone.now()
    for team, chair in (("central", "lena"), ("west", "omar")):
        cadence = CadenceFactory(team=get(team))
        for week in range(13):
            at = now - timedelta(days=7 * week + 1)
            missed = chair == "omar" or week % 5 == 2
            ended = (
                {"state": MeetingState.MISSED, "missed_at": at}
                if missed
                else {"state": MeetingState.HELD, "started_at": at, "ended_at": at}
            )
            MeetingFactory(
                team=get(team),
                chair=get(chair),
                cadence=cadence,
                key_on=at.date(),
                called_for=at,
                starts_at=at,
                **ended,
            )
    return []


PAGES = [
    PageCase("discipline:kept", "lena", lambda get: get("central") and []),
    PageCase("discipline:kept", "vera", quarter),
    PageCase("discipline:kept", "max_", quarter),
    PageCase("discipline:kept", "vera", quarter, query="?quarter=last"),
    PageCase("discipline:kept_meetings", "vera", quarter),
]
