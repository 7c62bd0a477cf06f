"""One meeting as its page shows it: when, who, what to prepare, what came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.models import (
    IN_PROGRESS,
    NEVER_BEGUN,
    STARTABLE,
    Meeting,
    MeetingKind,
    MeetingQuerySet,
    MeetingState,
)
from rhythm.commitments.models import Commitment
from rhythm.commitments.selectors.rows import Row, rows, shaped
from rhythm.people.models import Membership, User
from rhythm.web import formats
from rhythm.web.addresses import address

# Meetings of the same sort before this one, and commitments that are still open.
EARLIER = 3
MOST_COMMITMENTS = 8
MOST_DEALS = 12
LOOKS = {
    MeetingState.PLANNED: ("info", "calendar-event"),
    MeetingState.RUNNING: ("ok", "play"),
    MeetingState.PAUSED: ("warn", "pause"),
    MeetingState.HELD: ("ok", "check-circle-fill"),
    MeetingState.ABANDONED: ("mute", "slash-circle"),
    MeetingState.MISSED: ("bad", "exclamation-triangle"),
    MeetingState.SKIPPED: ("mute", "dash-circle"),
    MeetingState.CANCELLED: ("mute", "x-circle"),
}


@dataclass(frozen=True)
class Status:
    """How a meeting stands, in a word with its look."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True)
class Earlier:
    """A meeting of the same sort, before this one."""

    when: str
    status: Status
    url: str


@dataclass(frozen=True)
class Person:
    """Somebody in the meeting."""

    name: str
    url: str
    role: str


@dataclass(frozen=True)
class AgendaDeal:
    """A deal on the agenda of a review, as far as the viewer sees it."""

    title: str
    url: str
    why: str


@dataclass(frozen=True)
class MeetingPage:
    """What the page of a meeting shows to one viewer. All texts are ready to print."""

    pk: int
    version: int
    title: str
    kind: str
    when: str
    length: str
    # Where the wall of the meeting is another one than the viewer's; else "".
    elsewhere: str
    status: Status
    # Why it is so: skipped, moved, called off; who stands in.
    facts: Sequence[str]
    chair: str
    people: Sequence[Person]
    agenda: Sequence[AgendaDeal]
    more_deals: int
    notes: str
    earlier: Sequence[Earlier]
    commitments: Sequence[Row]
    # Where it is run or read, if it has a room of its own.
    room_url: str
    is_mine: bool
    may_start: bool
    may_change: bool
    may_hold: bool
    may_call_again: bool
    is_review: bool


def named(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Return the meetings with whom they name."""
    return meetings.select_related("team", "person", "chair", "deputy", "cadence")


def status_of(meeting: Meeting) -> Status:
    """Return how it stands, "Held late" and "Held outside" told apart."""
    state = MeetingState(meeting.state)
    tone, icon = LOOKS[state]
    text = str(state.label)
    if meeting.is_late:
        tone, text = "warn", _("Held late")
    if meeting.state == MeetingState.HELD and meeting.is_outside:
        text = _("Held late, outside") if meeting.is_late else _("Held outside")
    return Status(tone, icon, text)


def meeting_page(
    meeting: Meeting, viewer: User, *, may_change: bool, now: datetime
) -> MeetingPage:
    """Return the page of a meeting that came through `named`. At most eight queries."""
    today = viewer.today(now)
    zone = ZoneInfo(viewer.time_zone)
    starts = (meeting.started_at or meeting.starts_at).astimezone(zone)
    review = Review.objects.filter(meeting=meeting).first()
    agenda, more = _agenda(review, viewer)
    people = _people(meeting)
    is_mine = meeting.runner == viewer
    state = meeting.state
    return MeetingPage(
        pk=meeting.pk,
        version=meeting.version,
        title=str(meeting),
        kind=str(MeetingKind(meeting.kind).label),
        when=formats.day_clock(starts, today),
        length=_("%d min") % meeting.planned_minutes,
        elsewhere=_elsewhere(meeting, viewer, today),
        status=status_of(meeting),
        facts=list(_facts(meeting, zone, today)),
        chair=meeting.runner.name,
        people=people,
        agenda=agenda,
        more_deals=more,
        notes=meeting.notes,
        earlier=_earlier(meeting, viewer, today),
        commitments=_commitments(meeting, viewer, today),
        room_url=_room(review, state),
        is_mine=is_mine,
        may_start=is_mine and state in STARTABLE,
        may_change=may_change and state in STARTABLE,
        may_hold=is_mine and state in IN_PROGRESS and review is None,
        may_call_again=may_change and state in NEVER_BEGUN,
        is_review=meeting.kind == MeetingKind.PIPELINE_REVIEW,
    )


def _room(review: Review | None, state: str) -> str:
    if review is None or state in NEVER_BEGUN:
        return ""
    return review.get_absolute_url()


def _elsewhere(meeting: Meeting, viewer: User, today: date) -> str:
    """Return "Mon 23 Nov, 09:00 in New York" where that is not the viewer's time."""
    there = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
    here = meeting.starts_at.astimezone(ZoneInfo(viewer.time_zone))
    if meeting.time_zone == "UTC" or there.utcoffset() == here.utcoffset():
        return ""
    city = meeting.time_zone.rsplit("/", 1)[-1].replace("_", " ")
    when = formats.day_clock(there, today)
    return _("%(when)s in %(city)s") % {"when": when, "city": city}


def _facts(meeting: Meeting, zone: ZoneInfo, today: date) -> list[str]:
    facts = []
    if meeting.is_moved and meeting.called_for:
        was = formats.day_clock(meeting.called_for.astimezone(zone), today)
        facts.append(_("Moved; its rule had called it for %s.") % was)
    if meeting.reason:
        facts.append(_("Reason: %s") % meeting.reason)
    elif meeting.state == MeetingState.CANCELLED:
        facts.append(_("Its rule has changed, so that it does not take place."))
    if meeting.deputy:
        names = {"deputy": meeting.deputy, "chair": meeting.chair}
        facts.append(_("%(deputy)s has the chair for %(chair)s.") % names)
    if meeting.state == MeetingState.MISSED:
        facts.append(_("Nobody began it. It can still be held, and counts as late."))
    return facts


def _people(meeting: Meeting) -> list[Person]:
    """Return who is in it, the chair first. One query for a team, else none."""
    chairs = [each for each in (meeting.chair, meeting.deputy) if each]
    if meeting.person:
        others = [meeting.person]
    else:
        present = Membership.objects.present().filter(team=meeting.team)
        others = list(
            User.objects.active()
            .filter(pk__in=present.values("user"))
            .exclude(pk__in=[each.pk for each in chairs])
            .order_by("name", "pk")
        )
    roles = {meeting.chair.pk: _("chair")}
    if meeting.deputy:
        roles |= {meeting.deputy.pk: _("chair"), meeting.chair.pk: _("away")}
    return [
        Person(
            each.name, address("people:person_detail", each.pk), roles.get(each.pk, "")
        )
        for each in (*chairs, *others)
    ]


def _agenda(review: Review | None, viewer: User) -> tuple[list[AgendaDeal], int]:
    """Return the deals that the viewer sees on the agenda, and how many more."""
    if review is None:
        return [], 0
    items = list(
        ReviewItem.objects.visible_to(viewer)
        .filter(review=review, is_exception=False)
        .select_related("opportunity__account")
        .order_by("position", "pk")
    )
    shown = [
        AgendaDeal(
            title=f"{each.opportunity.account}: {each.opportunity.name}",
            url=address("opportunities:opportunity_detail", each.opportunity_id),
            why=" · ".join(reason["text"] for reason in each.reasons[:3]),
        )
        for each in items[:MOST_DEALS]
    ]
    return shown, max(len(items) - MOST_DEALS, 0)


def _same(meeting: Meeting) -> Q:
    """Return what holds for meetings of the same sort with the same people."""
    whom = Q(team=meeting.team_id, person=meeting.person_id)
    if meeting.cadence_id:
        return whom & (Q(cadence=meeting.cadence_id) | Q(kind=meeting.kind))
    return whom & Q(kind=meeting.kind)


def _earlier(meeting: Meeting, viewer: User, today: date) -> list[Earlier]:
    zone = ZoneInfo(viewer.time_zone)
    before = (
        Meeting.objects.visible_to(viewer)
        .filter(_same(meeting), starts_at__lt=meeting.starts_at)
        .exclude(state__in=(MeetingState.CANCELLED, MeetingState.PLANNED))
        .order_by("-starts_at", "-pk")[:EARLIER]
    )
    found = list(before)
    reviews = dict(
        Review.objects.filter(
            meeting__in=[each.pk for each in found if each.state == MeetingState.HELD]
        ).values_list("meeting_id", "pk")
    )
    return [
        Earlier(
            when=formats.day_clock(
                (each.started_at or each.starts_at).astimezone(zone), today
            ),
            status=status_of(each),
            url=reverse("reviews:review_minutes", args=[reviews[each.pk]])
            if each.pk in reviews
            else reverse("meetings:meeting_detail", args=[each.pk]),
        )
        for each in found
    ]


def _commitments(meeting: Meeting, viewer: User, today: date) -> list[Row]:
    """Return what was promised in earlier ones and is still open, the oldest first."""
    before = Meeting.objects.filter(_same(meeting), starts_at__lte=meeting.starts_at)
    promised = (
        shaped(Commitment.objects.visible_to(viewer).open())
        .filter(made_in__in=before.order_by().values("pk"))
        .order_by("due_on", "pk")[:MOST_COMMITMENTS]
    )
    return rows([list(promised)], viewer, today=today)[0]
