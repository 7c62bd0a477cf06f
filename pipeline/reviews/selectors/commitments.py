"""The commitments of a deal in review mode, and who may make one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.selectors.around import ItemWithDeal
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.commitments.selectors.standing import standing
from rhythm.people.models import User

MOST_COMMITMENTS = 12
NEUTRAL = {"mute": "muted", "": "soft"}


@dataclass(frozen=True)
class CommitmentRow:
    """A commitment of the deal."""

    pk: int
    version: int
    what: str
    who: str
    # Where it stands.
    tone: str
    icon: str
    words: str
    due_on: date
    is_open: bool
    is_broken: bool
    may_keep: bool
    may_act: bool

    @property
    def css(self) -> str:
        """Return the class of its colour."""
        return f"rh-{NEUTRAL.get(self.tone, self.tone)}"


def commitments_of(
    item: ReviewItem, review: Review, viewer: User, today: date
) -> list[tuple[CommitmentRow, bool]]:
    """Return the deal's commitments, and whether this review made each. One query."""
    of_deal = Opportunity.commitments.through.objects.filter(
        opportunity=item.opportunity_id
    ).values("commitment_id")
    recent = Q(kept_on__gte=item.compare_since) | Q(created_at__gte=item.compare_since)
    found = (
        Commitment.objects.filter(pk__in=of_deal)
        .filter(Q(state=CommitmentState.OPEN) | recent | Q(made_in=review.meeting_id))
        .select_related("promiser")
        .annotate(
            is_promiser_led=Exists(
                User.objects.led_by(viewer).filter(pk=OuterRef("promiser"))
            )
        )
        .order_by("due_on", "pk")[:MOST_COMMITMENTS]
    )
    return [
        (_row(each, viewer, today), each.made_in_id == review.meeting_id)
        for each in found
    ]


def _row(made: Commitment, viewer: User, today: date) -> CommitmentRow:
    tone, icon, words = standing(made, today)
    if made.state == CommitmentState.DROPPED:
        words = _("Dropped: %(why)s") % {"why": made.drop_reason}
    is_led = getattr(made, "is_promiser_led", False)
    is_open = made.state == CommitmentState.OPEN
    stands_in = is_led and made.promiser.is_absent
    return CommitmentRow(
        pk=made.pk,
        version=made.version,
        what=made.what,
        who=made.promiser.name,
        tone=tone,
        icon=icon,
        words=words,
        due_on=made.due_on,
        is_open=is_open,
        is_broken=made.is_broken(today),
        may_keep=is_open and (made.promiser_id == viewer.pk or stands_in),
        may_act=is_open and (made.receiver_id == viewer.pk or is_led),
    )


def promisers(item: ItemWithDeal, review: Review) -> list[tuple[int, str]]:
    """Return who may promise something at a deal: its owner, the chair, the team."""
    found: dict[int, str] = {}
    owner, meeting = item.opportunity.owner, review.meeting
    for person in (owner, meeting.runner, meeting.chair):
        if person.is_active:
            found[person.pk] = person.name
    for mate in item.mates:
        found.setdefault(mate["pk"], mate["name"])
    return list(found.items())
