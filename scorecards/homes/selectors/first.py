"""Where a person begins."""

from __future__ import annotations

from django.urls import reverse

from rhythm.people.models import User


def first_page(user: User) -> str:
    """Return the address of the page that answers the person's first question."""
    if user.is_executive:
        return reverse("homes:scorecard")
    if user.is_manager:
        return reverse("homes:team_week")
    if user.is_rep:
        return reverse("homes:week")
    return reverse("homes:setup" if user.is_admin else "opportunities:board")
