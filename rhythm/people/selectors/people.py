"""People, teams and invitations, shaped for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.people.models import Invitation, Membership, Team, User
from rhythm.people.models.user import UserQuerySet
from rhythm.people.selectors.second_factor import SecondFactor, second_factor
from rhythm.people.tokens import fingerprint
from rhythm.web.formats import day

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True)
class PersonRow:
    """A person in a list."""

    pk: int
    name: str
    email: str
    roles: str
    team: str
    # Kind, icon and words of the state, for a status; "" when there is nothing to say.
    state: tuple[str, str, str] | None


@dataclass(frozen=True)
class PersonPage:
    """A person, for the own page."""

    row: PersonRow
    time_zone: str
    leads: list[tuple[int, str]]
    # (team, "since 1 Jan 2025" or "from … until …"), the present one first.
    memberships: list[tuple[str, str]]
    # When the open invitation expires; "" without one.
    invited_until: str
    # None where it is not the viewer's business: only admins see it.
    second_factor: SecondFactor | None


@dataclass(frozen=True)
class TeamRow:
    """A team in the tree. `indent` is how deep it stands, at most 5."""

    pk: int
    name: str
    indent: int
    manager: str
    is_manager_away: bool
    # Who leads it, and how many are in it.
    words: str
    below: int


def find_people(
    viewer: User, *, text: str, role: str, team: Team | None, state: str, page: str
) -> Page[Any]:
    """Return a page of `PersonRow`s: the people whose work the viewer may see.

    text is looked for in name and e-mail. role: rep, manager, executive, admin. team
    takes in the teams below. state: active (when empty), invited, unable, deactivated.
    """
    people = with_roles(User.objects.visible_to(viewer)).order_by("name", "pk")
    people = people.filter(_states(state))
    if text:
        people = people.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if role:
        people = people.filter(_roles(role))
    if team:
        below = Membership.objects.below(team.pk)
        people = people.filter(pk__in=below.values("user_id"))
    found: Page[Any] = Paginator(people, PEOPLE_PER_PAGE).get_page(page)
    found.object_list = [person_row(each) for each in found.object_list]
    return found


def with_roles(people: UserQuerySet) -> QuerySet[Any]:
    """Add what `person_row` needs."""
    return people.with_team().annotate(
        leads_a_team=Exists(Team.objects.filter(manager=OuterRef("pk")))
    )


def _states(state: str) -> Q:
    if state == "deactivated":
        return Q(is_active=False)
    if state == "unable":
        return Q(is_active=True, email=None)
    if state == "invited":
        # Without a password that could be used.
        never = Q(last_login=None, password__startswith="!")  # noqa: S106
        return never & Q(is_active=True, email__isnull=False)
    return Q(is_active=True)


def _roles(role: str) -> Q:
    known = {
        "rep": Q(is_rep=True),
        "manager": Q(leads_a_team=True),
        "executive": Q(is_executive=True),
        "admin": Q(is_admin=True),
    }
    return known.get(role, Q())


def person_row(person: Any) -> PersonRow:
    """Return the row of a person from `with_roles`."""
    return PersonRow(
        pk=person.pk,
        name=person.name,
        email=person.email or "",
        roles=", ".join(role_names(person, leads=person.leads_a_team)),
        team=person.team_name or "",
        state=_state(person),
    )


def role_names(person: User, *, leads: bool) -> Iterator[str]:
    """Yield what the person is, the widest role first."""
    if person.is_admin:
        yield _("Admin")
    if person.is_executive:
        yield _("Executive")
    if leads:
        yield _("Manager")
    if person.is_rep:
        yield _("Rep")


def _state(person: User) -> tuple[str, str, str] | None:
    if not person.is_active:
        return "mute", "person-x", _("Deactivated")
    if not person.email:
        return "mute", "person-dash", _("No sign-in")
    if person.last_login is None and not person.has_usable_password():
        return "info", "envelope", _("Not signed in yet")
    return None


def person_page(person: User, *, viewer: User, now: datetime) -> PersonPage:
    """Return what the page of one person shows."""
    today = viewer.today(now)
    shown = with_roles(User.objects.get_queryset().filter(pk=person.pk)).get()
    held = Membership.objects.filter(user=person).select_related("team")
    open_ones = Invitation.objects.usable(now).filter(user=person)
    expires = open_ones.values_list("expires_at", flat=True).first()
    return PersonPage(
        row=person_row(shown),
        time_zone=person.time_zone,
        leads=list(Team.objects.filter(manager=person).values_list("pk", "name")),
        memberships=[
            (each.team.name, _span(each, today))
            for each in held.order_by("-since", "-pk")
        ],
        second_factor=second_factor(person) if viewer.is_admin else None,
        invited_until=day(expires.date(), today) if expires else "",
    )


def _span(held: Membership, today: date) -> str:
    first = day(held.since, today)
    if held.until is None:
        return _("since %(day)s") % {"day": first}
    last = day(held.until, today)
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def team_tree(viewer: User) -> list[TeamRow]:
    """Return all teams, each below the one it reports to. Costs one query."""
    present = Count("memberships", filter=Q(memberships__until=None))
    teams = Team.objects.visible_to(viewer).annotate(people=present)
    below: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for team in teams.order_by("name", "pk").values(
        *("pk", "name", "parent_id", "people"),
        *("manager__name", "manager__is_active"),
    ):
        below[team["parent_id"]].append(team)
    return list(_rows(below, None, 0))


def _rows(
    below: dict[int | None, list[dict[str, Any]]], parent: int | None, depth: int
) -> Iterable[TeamRow]:
    for team in below[parent]:
        yield TeamRow(
            pk=team["pk"],
            name=team["name"],
            indent=min(depth, 5),
            manager=team["manager__name"] or "",
            is_manager_away=team["manager__is_active"] is False,
            words=_words(team["manager__name"], team["people"]),
            below=len(below[team["pk"]]),
        )
        yield from _rows(below, team["pk"], depth + 1)


def _words(manager: str | None, people: int) -> str:
    led = _("led by %(name)s") % {"name": manager} if manager else _("no manager")
    count = ngettext("%(number)s person", "%(number)s people", people)
    return f"{led} · {count % {'number': people}}"


def invitation(token: str) -> Invitation | None:
    """Return the invitation of this token, used up or not."""
    found = Invitation.objects.filter(token_sha256=fingerprint(token))
    return found.select_related("user", "invited_by").first()


def is_usable(found: Invitation | None, now: datetime) -> bool:
    """Return whether the invitation still lets its person in."""
    return bool(found and Invitation.objects.usable(now).filter(pk=found.pk).exists())
