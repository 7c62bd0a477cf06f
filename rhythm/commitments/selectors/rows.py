"""Commitments as rows of a page: who, what, by when, and what the reader may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.calendar.models import MeetingKind, called
from rhythm.commitments.models import (
    Commitment,
    CommitmentQuerySet,
    DateRequest,
    RequestState,
)
from rhythm.commitments.selectors.standing import standing
from rhythm.people.models import User
from rhythm.web.addresses import address
from rhythm.web.formats import day


@dataclass(frozen=True)
class RequestRow:
    """A new date that was asked for and has no answer yet."""

    pk: int
    new_due: str
    reason: str
    may_answer: bool


@dataclass(frozen=True)
class Row:
    """One commitment as its reader sees it. All texts are ready to print."""

    pk: int
    version: int
    url: str
    what: str
    between: str
    where: str
    about: str
    about_url: str
    moved: str
    state: str
    due: str
    tone: str
    icon: str
    is_due: bool
    may_keep: bool
    may_undo: bool
    may_drop: bool
    request: RequestRow | None


def shaped(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Return the commitments with the records that a row names."""
    return commitments.select_related("promiser", "receiver").annotate(
        made_in_kind=F("made_in__kind"),
        made_in_with=Coalesce("made_in__team__name", "made_in__person__name"),
    )


def rows(
    lists: Sequence[Sequence[Commitment]],
    viewer: User,
    *,
    today: date,
    led: set[int] | None = None,
) -> list[list[Row]]:
    """Return the rows of several lists of commitments that came through `shaped`.

    today is the date where the viewer is; led holds the ids of those in them whom the
    viewer leads, where the caller has asked. Two queries for all lists together, one
    less with led.
    """
    flat = [each for commitments in lists for each in commitments]
    asked = DateRequest.objects.filter(state=RequestState.ASKED)
    prefetch_related_objects(
        flat, Prefetch("date_requests", queryset=asked, to_attr="asked")
    )
    led = _led_by(viewer, flat) if led is None else led
    return [
        [_row(each, viewer, led, today) for each in commitments]
        for commitments in lists
    ]


def row(commitment: Commitment, viewer: User, *, today: date) -> Row:
    """Return the row of one commitment that came through `shaped`."""
    return rows([[commitment]], viewer, today=today)[0][0]


def _led_by(viewer: User, commitments: Sequence[Commitment]) -> set[int]:
    """Return the ids of those in the commitments whom `viewer` leads."""
    if not commitments or not viewer.is_manager:
        return set()
    sides = {each.promiser_id for each in commitments}
    sides |= {each.receiver_id for each in commitments}
    led = User.objects.led_by(viewer).filter(pk__in=sides)
    return set(led.values_list("pk", flat=True))


def _row(commitment: Commitment, viewer: User, led: set[int], today: date) -> Row:
    acts = _acts_for(commitment.promiser, viewer, led)
    answers = _acts_for(commitment.receiver, viewer, led)
    is_open = commitment.is_open
    tone, icon, due = standing(commitment, today)
    return Row(
        pk=commitment.pk,
        version=commitment.version,
        url=address("commitments:commitment_detail", commitment.pk),
        what=commitment.what,
        between=_between(commitment, viewer),
        where=_where(commitment),
        about=commitment.about,
        about_url=commitment.about_url,
        moved=_moved(commitment),
        state=commitment.state,
        due=due,
        tone=tone,
        icon=icon,
        is_due=is_open and commitment.due_on <= today,
        may_keep=is_open and acts,
        may_undo=acts and commitment.kept_on == today,
        may_drop=is_open and (answers or commitment.promiser_id in led),
        request=_request(commitment, answers, today) if is_open else None,
    )


def _where(commitment: Commitment) -> str:
    """Return the meeting that it was made in, as the meeting calls itself."""
    kind: str | None = commitment.made_in_kind  # type: ignore[attr-defined]
    subject: str = commitment.made_in_with  # type: ignore[attr-defined]
    return called(MeetingKind(kind), subject) if kind else ""


def _acts_for(whose: User, viewer: User, led: set[int]) -> bool:
    """Say the same as `access`, without a query for each row."""
    return whose == viewer or (whose.is_absent and whose.pk in led)


def _request(
    commitment: Commitment, may_answer: bool, today: date
) -> RequestRow | None:
    asked: list[DateRequest] = commitment.asked  # type: ignore[attr-defined]
    if not asked:
        return None
    new_due = day(asked[0].new_due_on, today)
    return RequestRow(asked[0].pk, new_due, asked[0].reason, may_answer)


def _between(commitment: Commitment, viewer: User) -> str:
    names = {"from": commitment.promiser.name, "to": commitment.receiver.name}
    if commitment.promiser_id == commitment.receiver_id:
        mine = commitment.promiser_id == viewer.pk
        return _("To yourself") if mine else _("%(from)s to themselves") % names
    if commitment.promiser_id == viewer.pk:
        return _("To %(to)s") % names
    if commitment.receiver_id == viewer.pk:
        return _("%(from)s promised you") % names
    return _("%(from)s promised %(to)s") % names


def _moved(commitment: Commitment) -> str:
    times = commitment.renegotiations
    if not times:
        return ""
    return ngettext("%(times)d new date", "%(times)d new dates", times) % {
        "times": times
    }
