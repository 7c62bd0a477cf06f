"""What counts now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from scorecards.strategy.services import set_priorities
from tests.browser.cases import PageCase


def said(get: Any) -> list[Any]:
    """Have Vera and Lena say their top three."""
    now = timezone.now()
    for team, leader in (("sales", "vera"), ("central", "lena")):
        set_priorities(
            get(team),
            ["Renewals of this quarter before anything new", "Two visits a week"],
            until=now.date() + timedelta(days=30) if leader == "vera" else None,
            by=get(leader),
            now=now,
            shown_version=0,
        )
    return []


def central(get: Any) -> list[Any]:
    said(get)
    return [get("central").pk]


PAGES = [
    PageCase("strategy:priority_list", "rita", said),
    PageCase("strategy:priority_list", "vera", said),
    PageCase("strategy:priorities_edit", "lena", central),
    PageCase("homes:week", "rita", said),
    PageCase("homes:team_week", "lena", said),
    PageCase("homes:scorecard", "max_", said),
]
