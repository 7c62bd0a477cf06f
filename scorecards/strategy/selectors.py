"""What counts now, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.notices.standing import Standing
from rhythm.people.models import Membership, Team, User
from rhythm.web.formats import dated
from scorecards.strategy.models import Priorities

# A first page shows those of so many leaders above, the nearest first.
NEAREST = 2


@dataclass(frozen=True)
class Top:
    """The priorities of one team. All texts are ready to print."""

    team: str
    leader: str
    lines: Sequence[str]
    # "until 31 Dec", or "since 2 Nov"; and who said them, unless it is the leader.
    when: str
    is_over: bool
    # Where to say others; "" for whoever may not.
    url: str = ""
    # How deep its team is, the root 0.
    depth: int = 0


@dataclass(frozen=True)
class Tops:
    """What a first page shows of it."""

    shown: Sequence[Top]
    # Leads a team, and has said nothing that holds.
    is_asked: bool


def on_first_page(viewer: User, *, now: datetime) -> Tops:
    """Return what counts for `viewer`: of own teams led first, then the nearest above.

    What is over is shown to nobody. One query.
    """
    today = viewer.today(now)
    theirs = Q(team__manager=viewer) | Q(
        team__in=Membership.objects.teams_above(viewer)
    )
    found = _named(viewer, theirs)
    found = [each for each in found if each.lines and not each.is_over(today)]
    own = [each for each in found if each.team.manager_id == viewer.pk]
    above = [each for each in found if each.team.manager_id != viewer.pk]
    above.sort(key=lambda each: -len(each.team.line))
    return Tops(
        [_top(each.team, each, viewer, today) for each in (*own, *above[:NEAREST])],
        is_asked=viewer.is_manager and not own,
    )


def of_the_top(viewer: User, *, now: datetime) -> Tops:
    """Return what counts in the teams at the top, for executives. One query."""
    today = viewer.today(now)
    found = _named(viewer, Q(team__parent=None))
    return Tops(
        [
            _top(each.team, each, viewer, today)
            for each in found
            if each.lines and not each.is_over(today)
        ],
        is_asked=False,
    )


def in_morning_mail(person: User, *, now: datetime) -> list[Standing]:
    """Return what counts for the person, as it stands in the morning mail. One query.

    It is what stands on the first page.
    """
    title = _("What counts now: %(leader)s, %(team)s, %(when)s")
    return [
        Standing(
            title % {"leader": each.leader, "team": each.team, "when": each.when},
            each.lines,
        )
        for each in on_first_page(person, now=now).shown
    ]


def all_of(viewer: User, *, now: datetime) -> list[Top]:
    """Return those of all teams that `viewer` may see, without any included.

    A team stands below the one it belongs to. Three queries.
    """
    today, led = viewer.today(now), Team.objects.led_by(viewer)
    teams = Team.objects.select_related("manager")
    if not viewer.sees_all:
        teams = teams.filter(
            Q(pk__in=Membership.objects.teams_above(viewer)) | Q(pk__in=led)
        )
    found = list(teams)
    names = {each.pk: each.name for each in found}
    found.sort(key=lambda each: [(names.get(pk, ""), pk) for pk in each.line])
    mine = set(led.values_list("pk", flat=True))
    said = {each.team_id: each for each in _named(viewer)}
    return [
        _top(each, said.get(each.pk), viewer, today, each.pk in mine) for each in found
    ]


def _named(viewer: User, which: Q | None = None) -> list[Priorities]:
    """Return those that the viewer may see, of the teams of which that is true."""
    found = Priorities.objects.visible_to(viewer).filter(which or Q())
    found = found.select_related("team__manager", "set_by")
    return list(found.order_by("team__name", "pk"))


def _top(
    team: Team,
    said: Priorities | None,
    viewer: User,
    today: date,
    is_mine: bool = False,
) -> Top:
    when = ""
    if said and said.lines:
        word = _("until %(day)s") if said.until else _("since %(day)s")
        when = word % {"day": dated(said.until or viewer.today(said.set_at), "j M")}
        if said.set_by_id != team.manager_id:
            words = {"when": when, "name": said.set_by.name}
            when = _("%(when)s, said by %(name)s") % words
    return Top(
        team=team.name,
        leader=team.manager.name if team.manager else "",
        lines=said.lines if said else [],
        when=when,
        is_over=bool(said and said.is_over(today)),
        url=reverse("strategy:priorities_edit", args=[team.pk]) if is_mine else "",
        depth=len(team.line) - 1,
    )
