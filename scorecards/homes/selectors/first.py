"""Where a person begins."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import NoReverseMatch, reverse

from rhythm.people.models import User


def first_page(user: User) -> str:
    """Return the address of the page that answers the person's first question."""
    for name in _wanted(user):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return reverse("account_email")


def _wanted(user: User) -> Iterator[str]:
    """Yield the names of pages by how well they suit the person."""
    if user.is_executive or user.is_manager:
        yield "reviews:review_list"
    if user.is_rep:
        yield "commitments:commitment_list"
    if user.is_admin:
        yield "homes:setup"
    yield "opportunities:board"
