"""Meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from rhythm.calendar.models import MeetingKind, MeetingState
from rhythm.people.models import Leave
from tests.browser import reviews
from tests.browser.cases import PageCase
from tests.factories.meetings import CommitmentFactory, MeetingFactory


def team_meeting(get: Any, **values: Any) -> list[Any]:
    """Return a team meeting of Lena's, with one before it and a promise from there."""
    now = timezone.now()
    shared = {
        "kind": MeetingKind.TEAM_MEETING,
        "team": get("central"),
        "chair": get("lena"),
    }
    before = MeetingFactory(
        starts_at=now - timedelta(days=7),
        state=MeetingState.MISSED,
        missed_at=now - timedelta(days=7),
        **shared,
    )
    CommitmentFactory(promiser=get("rita"), receiver=get("lena"), made_in=before)
    meeting = MeetingFactory(
        **shared, starts_at=now + timedelta(hours=2), time_zone="America/New_York"
    )
    type(meeting).objects.filter(pk=meeting.pk).update(**values)
    return [meeting.pk]


def skipped(get: Any) -> list[Any]:
    return team_meeting(get, state=MeetingState.SKIPPED, reason="Trade fair in Hanover")


def review(get: Any) -> list[Any]:
    from pipeline.reviews.models import Review

    return [Review.objects.get(pk=reviews.planned(get)[0]).meeting_id]


def full_days(get: Any) -> list[Any]:
    """Make a month in which each state, a promise and leave stand. No arguments."""
    team_meeting(get)
    skipped(get)
    lena, rita, now = get("lena"), get("rita"), timezone.now()
    for number in range(6):
        MeetingFactory(
            kind=MeetingKind.TEAM_MEETING,
            team=get("central"),
            chair=lena,
            starts_at=now,
            title=f"A start into the week with a long name, {number}",
        )
    for person in (lena, rita):
        CommitmentFactory(promiser=person, receiver=rita, due_on=person.today(now))
        Leave.objects.create(
            user=person, first_on=now.date(), last_on=now.date() + timedelta(days=2)
        )
    return []


PAGES = [
    PageCase("meetings:calendar", "rita"),
    PageCase("meetings:calendar", "rita", full_days),
    PageCase("meetings:calendar", "lena", full_days, "?view=month"),
    PageCase("meetings:calendar", "lena", full_days, "?view=quarter"),
    PageCase("meetings:calendar", "max_", full_days, "?view=quarter"),
    PageCase("meetings:feed", "rita"),
    PageCase("meetings:meeting_detail", "lena", team_meeting),
    PageCase("meetings:meeting_detail", "rita", team_meeting),
    PageCase("meetings:meeting_detail", "vera", skipped),
    PageCase("meetings:meeting_detail", "lena", review),
    PageCase("meetings:meeting_preread", "rita", team_meeting),
    PageCase("meetings:meeting_preread", "max_", team_meeting),
    PageCase("meetings:meeting_preread", "rita", review),
    PageCase("meetings:meeting_preread", "lena", review),
    PageCase("meetings:meeting_move", "lena", team_meeting),
    PageCase("meetings:meeting_outside", "lena", team_meeting),
    PageCase("meetings:meeting_drop", "lena", lambda get: [*team_meeting(get), "skip"]),
]
