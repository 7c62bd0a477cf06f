"""What was promised: last time, and in this meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from pipeline.runner.selectors.series import carried
from rhythm.calendar.models import Meeting
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.commitments.selectors.rows import Row, rows, shaped
from rhythm.commitments.selectors.standing import standing
from rhythm.people.models import User

MOST = 60


@dataclass(frozen=True)
class Promises:
    """The commitments of a meeting that one viewer may see."""

    carried: Sequence[Row]
    made: Sequence[Row]

    @property
    def open(self) -> Sequence[Row]:
        """Return those from last time that still wait."""
        return [each for each in self.carried if each.state == CommitmentState.OPEN]


@dataclass(frozen=True)
class Marks:
    """How somebody's commitments from last time stand: for peers, without their words.

    Each mark is a tone and an icon.
    """

    marks: Sequence[tuple[str, str]]
    kept: int

    @property
    def of(self) -> int:
        return len(self.marks)

    @property
    def text(self) -> str:
        """Return "2 of 3 kept", or "" of somebody who promised nothing."""
        if not self.marks:
            return ""
        return _("%(kept)d of %(of)d kept") % {"kept": self.kept, "of": self.of}


NO_MARKS = Marks((), 0)


def promises_of(meeting: Meeting, viewer: User, *, now: datetime) -> Promises:
    """Return what was promised, as far as `viewer` may see it. Two queries."""
    own = Q(made_in=meeting) & ~Q(state=CommitmentState.DROPPED)
    visible = Commitment.objects.visible_to(viewer).filter(carried(meeting) | own)
    led = User.objects.led_by(viewer) if viewer.is_manager else User.objects.none()
    with_led = shaped(visible).annotate(
        promiser_is_led=Exists(led.filter(pk=OuterRef("promiser"))),
        receiver_is_led=Exists(led.filter(pk=OuterRef("receiver"))),
    )
    ordered = with_led.order_by("promiser__name", "promiser", "due_on", "pk")
    found: list[Any] = list(ordered[:MOST])
    before = [each for each in found if each.made_in_id != meeting.pk]
    made = [each for each in found if each.made_in_id == meeting.pk]
    made.sort(key=lambda each: each.pk)
    ids = {each.promiser_id for each in found if each.promiser_is_led}
    ids |= {each.receiver_id for each in found if each.receiver_is_led}
    shown = rows([before, made], viewer, today=viewer.today(now), led=ids)
    return Promises(*shown)


def marks_of(
    meeting: Meeting, people: Iterable[User], *, now: datetime
) -> dict[int, Marks]:
    """Return each person's marks by the person's id. One query."""
    found: dict[int, list[Commitment]] = defaultdict(list)
    known = {each.pk: each for each in people}
    promised = Commitment.objects.filter(carried(meeting), promiser__in=known)
    for each in promised.order_by("due_on", "pk"):
        found[each.promiser_id].append(each)
    marks = {}
    for pk, made in found.items():
        today = known[pk].today(now)
        looks = [standing(each, today) for each in made]
        marks[pk] = Marks(
            marks=[(look.tone, look.icon) for look in looks],
            kept=sum(each.state == CommitmentState.KEPT for each in made),
        )
    return marks
