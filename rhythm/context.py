"""What every page's shell shows: wiring, since it reads from many apps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from rhythm.notices import selectors
from rhythm.people.models import User
from rhythm.ticks.selectors import beat
from rhythm.web.formats import clock, day_clock


@dataclass(frozen=True)
class Item:
    """One page in the navigation. `key` opens it from the keyboard."""

    name: str
    icon: str
    label: str
    key: str = ""
    url: str = ""
    count: str = ""
    is_current: bool = False
    # Opens over the page instead of leaving it.
    is_quick: bool = False
    # Pages of it that have their address elsewhere, by how that begins.
    elsewhere: str = ""

    def reach(self, path: str) -> int:
        """Return how much of the path this page's own address is; 0 if it is not."""
        begins = (self.url, self.elsewhere)
        return max(len(each) if path.startswith(each) else 0 for each in begins)

    @property
    def keys(self) -> list[str]:
        """Return the keys to press one after the other, as they are printed."""
        pressed = self.key.replace("shift+", "Shift ").split()
        return [each.upper() if len(each) == 1 else each for each in pressed]


@dataclass(frozen=True)
class Group:
    """Pages under one verb: Do, Lead, Steer or Configure."""

    label: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Navigation:
    """What the shell offers to one person on one page."""

    role: str = ""
    home: str = "/"
    groups: Sequence[Group] = ()
    quick: Sequence[Item] = ()
    tabs: Sequence[Item] = ()
    keyed: Sequence[Item] = field(default_factory=tuple)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the values that `base.html` needs. Parts of pages cost nothing here."""
    return {
        "is_demo": settings.DEMO,
        "has_passkeys": settings.HAS_PASSKEYS,
        "unread": SimpleLazyObject(lambda: unread(request)),
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "silence": SimpleLazyObject(lambda: silence(request)),
    }


def navigation(request: HttpRequest) -> Navigation:
    """Return what the person may go to. Costs one query, whether they lead a team."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return Navigation()
    home = Item("homes:home", "house", _("First page"), "g h", reverse("homes:home"))
    inbox = Item("notices:inbox", "inbox", _("Inbox"), "g i", reverse("notices:inbox"))
    groups = _marked(_groups(user), request.path)
    quick = _addressed(_quick(user))
    plain = [item for group in groups for item in group.items]
    return Navigation(
        role=role_of(user),
        home=home.url,
        groups=[group for group in groups if group.items],
        quick=quick,
        tabs=_tabs(user, plain, quick),
        keyed=[item for item in (home, inbox, *plain, *quick) if item.key],
    )


def silence(request: HttpRequest) -> str:
    """Return since when the clock is silent, for an admin who should see to it.

    "" for everybody else, at no cost, and while it ticks. One query.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_admin:
        return ""
    last = beat()
    if not last.is_silent:
        return ""
    if last.finished_at is None:
        return _("The clock has never ticked.")
    since, today = timezone.localtime(last.finished_at), timezone.localdate()
    is_today = since.date() == today
    moment = clock(since) if is_today else day_clock(since, today)
    return _("The clock is silent since %(moment)s.") % {"moment": moment}


def unread(request: HttpRequest) -> str:
    """Return what the bell says. It came with the session: no query."""
    user = getattr(request, "user", None)
    return selectors.unread(user) if isinstance(user, User) else ""


def role_of(user: User) -> str:
    """Return what the person is here, in words."""
    if user.is_executive:
        return _("Executive")
    if user.is_manager:
        return _("Manager")
    if user.is_rep:
        return _("Rep")
    return _("Admin") if user.is_admin else ""


def _groups(user: User) -> Iterator[tuple[str, list[Item]]]:
    """Yield the groups of the person's roles. A page stands in one group only."""
    sells = user.is_rep or user.is_manager
    pipeline = Item("opportunities:board", "kanban", _("Pipeline"), "g p")
    movement = Item("movement:movement", "bar-chart-line", _("Movement"), "g m")
    accounts = Item(
        "opportunities:account_list",
        "building",
        _("Accounts"),
        "g a",
        elsewhere="/duplicates/",
    )
    plans = Item("accounts:plan_list", "map", _("Account plans"), "g f")
    reviews = Item("reviews:review_list", "play-btn", _("Reviews"), "g r")
    commitments = Item(
        "commitments:commitment_list", "check2-square", _("Commitments"), "g c"
    )
    kept = Item("discipline:kept", "calendar-check", _("Rhythm kept"), "g y")
    cadences = Item("calendar:cadence_list", "calendar-week", _("Cadences"), "g d")
    calendar = Item("meetings:calendar", "calendar3", _("Calendar"), "g k")
    # Admins have it among what they configure.
    how = Item("process:process_list", "signpost-split", _("How we sell"))
    reads = [] if user.is_admin else [how]
    if sells:
        do = [
            Item("homes:week", "sun", _("My week"), "g w"),
            calendar,
            commitments,
            pipeline,
            movement,
            Item("activities:activity_list", "activity", _("Activities"), "g l"),
            accounts,
            plans,
        ]
        # Reps read the minutes of their own reviews; the others run or steer by them.
        reviewed = [] if user.is_manager or user.is_executive else [reviews]
        yield _("Do"), [*do, *reviewed, *reads]
    if user.is_manager:
        team = Item("homes:team_week", "people", _("Team week"), "g t")
        led = [team] if user.is_executive else [team, reviews, kept]
        chat = Item("notices:channel_list", "chat-square-text", _("Chat channels"))
        # Admins have them among what they configure.
        yield _("Lead"), led if user.is_admin else [*led, cadences, chat]
    if user.sees_all:
        # Admins read what executives steer by.
        steer = [Item("homes:scorecard", "clipboard-data", _("Scorecard"), "g x")]
        if user.is_executive or not user.is_manager:
            steer.append(kept)
        if user.is_executive or not (sells or user.is_manager):
            steer.append(reviews)
        seen = (
            []
            if sells
            else [calendar, commitments, pipeline, movement, accounts, plans, *reads]
        )
        yield _("Steer"), [*steer, *seen]
    if user.is_admin:
        yield (
            _("Configure"),
            [
                Item("homes:setup", "sliders", _("Setup"), "g s"),
                Item("people:person_list", "people", _("People")),
                Item("people:team_list", "diagram-3", _("Teams")),
                # The editor stands with the deals, whose gates it would change.
                Item(
                    "process:process_list",
                    "signpost-split",
                    _("Process"),
                    elsewhere="/pipeline/stages/",
                ),
                cadences,
                Item("calendar:working_list", "calendar3", _("Working hours")),
                Item("opportunities:product_list", "box-seam", _("Products")),
                Item("activities:kind_list", "tags", _("Activity kinds")),
                Item("imports:import_list", "upload", _("Imports")),
                Item("notices:notice_list", "envelope", _("Outbox")),
                Item("notices:channel_list", "chat-square-text", _("Chat channels")),
                Item("people:audit_list", "journal-check", _("Audit log")),
            ],
        )


def _quick(user: User) -> list[Item]:
    """Return what the + button and its keys make, from anywhere."""
    if not (user.is_rep or user.is_manager):
        return []
    return [
        Item("activities:log", "chat-dots", _("Log activity"), "l"),
        Item("opportunities:opportunity_create", "plus-lg", _("New deal"), "shift+n"),
        Item("commitments:commitment_create", "check2-square", _("New commitment")),
    ]


def _addressed(items: Sequence[Item]) -> list[Item]:
    """Return the items with the addresses of their pages."""
    return [replace(item, url=reverse(item.name)) for item in items]


def _marked(groups: Iterable[tuple[str, list[Item]]], path: str) -> list[Group]:
    """Return the groups, the one page where the person is marked as current."""
    addressed = [(label, _addressed(items)) for label, items in groups]
    here = [item for _label, items in addressed for item in items if item.reach(path)]
    current = max(here, key=lambda item: item.reach(path), default=None)
    return [
        Group(label, [replace(item, is_current=item is current) for item in items])
        for label, items in addressed
    ]


def _tabs(user: User, plain: Sequence[Item], quick: Sequence[Item]) -> list[Item]:
    """Return the tabs of the phone, Log in the middle where there is one.

    The first is the person's first page.
    """
    reviews, commitments = "reviews:review_list", "commitments:commitment_list"
    first = "homes:week"
    if user.is_executive:
        first = "homes:scorecard"
    elif user.is_manager:
        first = "homes:team_week"
    elif not user.is_rep:
        first = "homes:setup"
    wanted = [
        first,
        "opportunities:board",
        reviews,
        commitments,
        *("homes:setup", "people:person_list", "process:process_list"),
        "imports:import_list",
    ]
    by_name = {item.name: item for item in plain}
    tabs = [by_name[name] for name in dict.fromkeys(wanted) if name in by_name]
    if not quick:
        return tabs[:4]
    log = replace(quick[0], icon="plus-lg", label=_("Log"), is_quick=True)
    return [*tabs[:2], log, *tabs[2:3]]
