"""Saying what counts now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.notices.services import Draft, post
from rhythm.people.models import Team, User
from rhythm.web.saving import check_and_save
from rhythm.web.versions import check_version
from scorecards.strategy.models import Priorities

KIND = "strategy.priorities"
# After so long it is no news any more.
NEWS_FOR = timedelta(days=7)


@transaction.atomic
def set_priorities(
    team: Team,
    lines: Sequence[str],
    *,
    until: date | None,
    by: User,
    now: datetime,
    shown_version: int,
) -> Priorities:
    """Have a team's priorities be these, and tell its people, once a day at most.

    lines are at most three, the most important first; empty ones move up. until is the
    last day on which they hold, None until there are others. shown_version is 0 where
    there were none.

    Raises PermissionDenied unless `by` leads the team, and Conflict.
    """
    # Who comes second waits here, and finds what the first one made.
    team = Team.objects.select_for_update().get(pk=team.pk)
    if not Team.objects.led_by(by).filter(pk=team.pk).exists():
        raise PermissionDenied
    current = Priorities.objects.filter(team=team).first()
    current = current or Priorities(team=team, version=0)
    check_version(current, shown_version)
    said = [each.strip() for each in lines if each.strip()]
    assert len(said) <= 3
    if current.version and (said, until) == (current.lines, current.until):
        return current
    current.first, current.second, current.third = [*said, "", "", ""][:3]
    current.until, current.set_by, current.set_at = until, by, now
    current.version += 1
    check_and_save(current)
    if said:
        post(_drafts(team, by, now), now=now)
    return current


def _drafts(team: Team, by: User, now: datetime) -> Iterator[Draft]:
    """Yield the news for the team's own people: that it is so, and where it stands."""
    path = reverse("strategy:priority_list")
    members = User.objects.able_to_sign_in().filter(
        memberships__team=team, memberships__until=None
    )
    for person in members.exclude(pk=by.pk).distinct().order_by("pk"):
        yield Draft(
            kind=KIND,
            key=f"{KIND}:{team.pk}:{person.today(now)}:{person.pk}",
            recipient=person,
            subject=_("%(name)s said what counts now in %(team)s")
            % {"name": by.name, "team": team.name},
            text=_("The top three: %(url)s") % {"url": settings.APP_BASE_URL + path},
            url=path,
            expires_at=now + NEWS_FOR,
        )
