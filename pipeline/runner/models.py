"""How a meeting is run: its blocks, what came of each, votes, answers in writing."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Opportunity
from rhythm.calendar.agendas import INSTEAD
from rhythm.calendar.models import (
    BlockKind,
    Meeting,
    MeetingKind,
    Timed,
    TimedPart,
    TimedQuerySet,
)
from rhythm.people.models import Membership, Team, User
from rhythm.web.versions import Versioned

# These have rooms of their own.
ELSEWHERE = tuple(INSTEAD)


def open_to(viewer: User, meeting: str = "") -> Q:
    """Return what holds for the meetings whose room `viewer` may see.

    Those are the people in it, those who lead them, executives and admins. Teams below
    know of a meeting (`Meeting.visible_to`), and not what is said there. What is said
    between two stays between them: leaders above see only that a 1:1 took place.
    meeting is the way there from another table: "meeting__".
    """
    if not viewer.is_active:
        return Q(pk__in=[])
    sides = {f"{meeting}{side}": viewer for side in ("chair", "deputy", "person")}
    in_it = Q(*sides.items(), _connector=Q.OR)
    of_more = ~Q(**{f"{meeting}kind": MeetingKind.ONE_ON_ONE})
    if viewer.sees_all:
        return of_more | in_it
    own = Membership.objects.present().filter(user=viewer).order_by().values("team")
    theirs = (
        Q(**{f"{meeting}team__in": own})
        | Q(**{f"{meeting}team__in": Team.objects.led_by(viewer)})
        | Q(**{f"{meeting}person__in": Membership.objects.led_by(viewer)})
    )
    return in_it | (of_more & theirs)


class RunQuerySet(TimedQuerySet["Run"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the runs of meetings whose room `viewer` may see."""
        return self.filter(open_to(viewer, "meeting__"))

    def editable_by(self, editor: User) -> Self:
        """Return the visible ones whose meeting `editor` runs, or leads those in it."""
        mine = Meeting.objects.editable_by(editor)
        return self.visible_to(editor).filter(meeting__in=mine)


class Run(Timed):
    """The course of a meeting that goes through blocks."""

    current_item = models.ForeignKey(
        "Block", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When everybody was asked to answer in writing. Null: not yet, or it is held live.
    asked_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    def get_absolute_url(self) -> str:
        return reverse("runner:room", args=[self.meeting_id])


class BlockQuerySet(models.QuerySet["Block"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the blocks of meetings whose room `viewer` may see."""
        return self.filter(open_to(viewer, "run__meeting__"))

    def editable_by(self, editor: User) -> Self:
        return self.filter(run__in=Run.objects.editable_by(editor))


class Block(TimedPart):
    """A part of one meeting."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="blocks")
    position = models.PositiveIntegerField()
    kind = models.CharField(_("what for"), max_length=20, choices=BlockKind)
    # What it is called instead of its kind.
    title = models.CharField(_("title"), max_length=120, blank=True)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    how = models.CharField(_("how it goes"), max_length=500, blank=True)
    # The deal that it is about. Who does not see the deal does not see it here.
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # When it was first come to, and when it was left for good.
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="block_ends_after_it_began",
                condition=Q(ended_at=None)
                | Q(began_at__isnull=False, ended_at__gte=models.F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(BlockKind(self.kind).label)

    @property
    def is_first(self) -> bool:
        """Whether it is what every meeting begins with: what was promised."""
        return self.kind == BlockKind.COMMITMENTS


class VoteQuerySet(models.QuerySet["Vote"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the votes that `viewer` gave; all others are only counted."""
        return self.filter(voter=viewer) if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)


class Vote(models.Model):
    """What one person says of a meeting: was it worth the time?"""

    run = models.ForeignKey(Run, models.CASCADE, related_name="votes")
    voter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    line = models.CharField(_("why"), max_length=200, blank=True)
    voted_at = models.DateTimeField()

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "voter"], name="one_vote_per_meeting"
            ),
            models.CheckConstraint(
                name="vote_from_one_to_ten", condition=Q(score__range=(1, 10))
            ),
        ]

    def __str__(self) -> str:
        return f"Vote on {self.run}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the answers in meetings whose room `viewer` may see."""
        return self.filter(open_to(viewer, "run__meeting__"))

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor).filter(person=editor)


class Answer(Versioned):
    """What one person wrote for a huddle, in a minute, before it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="answers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    did = models.CharField(_("What I did since the last one"), max_length=500)
    will = models.CharField(_("What I will do until the next"), max_length=500)
    barrier = models.CharField(_("What stands in my way"), max_length=500, blank=True)
    answered_at = models.DateTimeField()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"], name="one_answer_per_huddle"
            )
        ]

    def __str__(self) -> str:
        return f"Answer of {self.person} in {self.run}"
