"""Meetings: one occurrence each. Rules that make them (cadences) come later."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import Membership, Team, User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class MeetingKind(models.TextChoices):
    PIPELINE_REVIEW = "pipeline_review", _("Pipeline review")


def called(kind: MeetingKind, subject: str) -> str:
    """Return what a meeting with `subject` is called: "Pipeline review, North"."""
    return f"{kind.label}, {subject}"


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    HELD = "held", _("Held")
    ABANDONED = "abandoned", _("Abandoned")


IN_PROGRESS = (MeetingState.RUNNING, MeetingState.PAUSED)
BEFORE_ITS_END = (MeetingState.PLANNED, *IN_PROGRESS)
OVER = (MeetingState.HELD, MeetingState.ABANDONED)


def _unnest(field: str) -> Func:
    """Return the elements of an array of ids, a row each."""
    return Func(F(field), function="unnest", output_field=models.BigIntegerField())


def seen_by(viewer: User, meeting: str = "") -> Q:
    """Return what holds for the meetings that `viewer` may see, see `visible_to`.

    meeting is the way there from another table: "meeting__". So the meeting that is
    fetched along is asked itself, and not looked up once more.
    """
    if not viewer.is_active:
        return Q(pk__in=[])
    if viewer.sees_all:
        return Q()
    above = Membership.objects.present().filter(user=viewer)
    sides = {
        "chair": viewer,
        "deputy": viewer,
        "person": viewer,
        "person__in": Membership.objects.led_by(viewer),
        "team__in": Team.objects.led_by(viewer),
    }
    own_line = above.order_by().values(above=_unnest("team__line"))
    return Q(
        Q(**{f"{meeting}team__in": own_line}),
        *((f"{meeting}{side}", value) for side, value in sides.items()),
        _connector=Q.OR,
    )


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the meetings that `viewer` chairs, leads, is in, or sees as executive.

        In it are the person it is with, or the present members of its team and of the
        teams below that.
        """
        return self.filter(seen_by(viewer))

    def chaired_by(self, viewer: User) -> Self:
        """Return the meetings that `viewer` runs: deputy, or chair without one."""
        if not viewer.is_active:
            return self.none()
        return self.filter(
            Q(deputy=viewer) | Q(deputy=None, chair=viewer),
        )

    def claimable_by(self, viewer: User) -> Self:
        """Return the meetings not over whose chair `viewer` may take.

        That is where whoever holds it cannot any more, or is led by `viewer`, who may
        run a meeting with that team or person.
        """
        if not viewer.is_active:
            return self.none()
        people = User.objects.active()
        led = User.objects.led_by(viewer)
        whom = Q(team__in=Team.objects.chaired_by(viewer)) | Q(
            person__in=people if viewer.is_executive else led
        )
        gone = Q(deputy__is_active=False) | Q(deputy=None, chair__is_active=False)
        below = Q(deputy__in=led) | Q(deputy=None, chair__in=led)
        return (
            self.exclude(state__in=OVER)
            .exclude(Q(deputy=viewer) | Q(deputy=None, chair=viewer))
            .filter(whom, gone | below)
        )


@tracked(exclude=("version",))
class Meeting(Versioned):
    """One meeting: with a team or with a person, at a time, chaired by somebody."""

    kind = models.CharField(max_length=16, choices=MeetingKind)
    state = models.CharField(
        max_length=9, choices=MeetingState, default=MeetingState.PLANNED
    )
    # Exactly one of the two says whom it is with.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
    )
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="chaired_meetings"
    )
    # Holds the chair instead, once it was handed over.
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputised_meetings",
    )
    starts_at = models.DateTimeField(_("starts"))
    planned_minutes = models.PositiveIntegerField(
        _("minutes"),
        default=45,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="meeting_with_a_team_or_a_person",
                condition=Q(team=None, person__isnull=False)
                | Q(team__isnull=False, person=None),
            ),
            models.CheckConstraint(
                name="meeting_ends_after_it_starts",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="held_meeting_has_times",
                condition=~Q(state="held")
                | Q(started_at__isnull=False, ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["chair", "-starts_at"], name="meetings_of_a_chair"),
            models.Index(fields=["team", "-starts_at"], name="meetings_of_a_team"),
        ]

    def __str__(self) -> str:
        return called(MeetingKind(self.kind), self.subject)

    @property
    def subject(self) -> str:
        """Return the name of the team or person that it is with."""
        return str(self.team or self.person)

    @property
    def runner(self) -> User:
        """Return who holds the chair now."""
        return self.deputy or self.chair
