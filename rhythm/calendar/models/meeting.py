"""Meetings: one occurrence each, made by a cadence or by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.models.cadence import Cadence
from rhythm.calendar.models.kinds import MeetingKind, called
from rhythm.people.models import Membership, Team, User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    HELD = "held", _("Held")
    ABANDONED = "abandoned", _("Abandoned")
    # Nobody began it by its end and GRACE. It can still be held, and is late then.
    MISSED = "missed", _("Missed")
    # Left out by whoever runs it, who said why.
    SKIPPED = "skipped", _("Skipped")
    # It does not take place, and was never owed: its rule changed, or it was a mistake.
    CANCELLED = "cancelled", _("Cancelled")


IN_PROGRESS = (MeetingState.RUNNING, MeetingState.PAUSED)
BEFORE_ITS_END = (MeetingState.PLANNED, *IN_PROGRESS)
# Of these nothing more is expected; one that was missed can still be held.
STARTABLE = (MeetingState.PLANNED, MeetingState.MISSED)
NEVER_BEGUN = (MeetingState.SKIPPED, MeetingState.CANCELLED)
OVER = (MeetingState.HELD, MeetingState.ABANDONED, *NEVER_BEGUN)
# So long after its end a meeting that nobody began counts as missed.
GRACE = timedelta(hours=1)


def seen_by(viewer: User, meeting: str = "") -> Q:
    """Return what holds for the meetings that `viewer` may see, see `visible_to`.

    meeting is the way there from another table: "meeting__". So the meeting that is
    fetched along is asked itself, and not looked up once more.
    """
    if not viewer.is_active:
        return Q(pk__in=[])
    if viewer.sees_all:
        return Q()
    sides = {
        "chair": viewer,
        "deputy": viewer,
        "person": viewer,
        "person__in": Membership.objects.led_by(viewer),
        "team__in": Team.objects.led_by(viewer),
    }
    return Q(
        Q(**{f"{meeting}team__in": Membership.objects.teams_above(viewer)}),
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

    def editable_by(self, editor: User) -> Self:
        """Return the meetings that `editor` runs, and those of whom `editor` leads."""
        if not editor.is_active:
            return self.none()
        return self.filter(
            Q(deputy=editor)
            | Q(deputy=None, chair=editor)
            | Q(team__in=Team.objects.led_by(editor))
            | Q(person__in=User.objects.led_by(editor))
        )

    def to_be_missed(self, now: datetime) -> Self:
        """Return those that nobody has begun by their end and GRACE.

        A huddle in writing is closed at its hour by whoever keeps its answers.
        """
        lasts = ExpressionWrapper(
            F("planned_minutes") * Value(timedelta(minutes=1)), models.DurationField()
        )
        return self.filter(
            Q(cadence=None) | Q(cadence__is_async=False),
            state=MeetingState.PLANNED,
            # The index finds what has begun; only those are asked for their end.
            starts_at__lt=now - GRACE,
            starts_at__lte=Value(now - GRACE) - lasts,
        )

    def chaired_by(self, viewer: User) -> Self:
        """Return the meetings that `viewer` runs: deputy, or chair without one."""
        if not viewer.is_active:
            return self.none()
        return self.filter(
            Q(deputy=viewer) | Q(deputy=None, chair=viewer),
        )

    def claimable_by(self, viewer: User) -> Self:
        """Return the meetings before their end whose chair `viewer` may take.

        That is where whoever holds it cannot any more, or is led by `viewer`, who may
        run a meeting with that team or person; and where `viewer` handed it over.
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
            self.filter(state__in=BEFORE_ITS_END)
            .exclude(Q(deputy=viewer) | Q(deputy=None, chair=viewer))
            .filter(Q(whom, gone | below) | Q(chair=viewer))
        )


@tracked(exclude=("version", "submission_key", "reminded_minutes"))
class Meeting(Versioned):
    """One meeting: with a team or with a person, at a time, chaired by somebody."""

    kind = models.CharField(max_length=20, choices=MeetingKind)
    # What it is called instead of its kind, if the cadence says so.
    title = models.CharField(_("title"), max_length=120, blank=True)
    state = models.CharField(
        max_length=9, choices=MeetingState, default=MeetingState.PLANNED
    )
    # What called it, and the day on which that rule falls: by both and whom it is with
    # an occurrence is known, whenever it is held. Null for one made by hand.
    cadence = models.ForeignKey(
        Cadence, models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    key_on = models.DateField(null=True, blank=True)
    # When its rule called it. Null for one made by hand.
    called_for = models.DateTimeField(null=True, blank=True)
    # The wall by which `starts_at` was meant.
    time_zone = models.CharField(max_length=64, default="UTC")
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
    # Whether the deputy comes from a dated deputyship, and goes with it.
    is_deputised = models.BooleanField(default=False)
    starts_at = models.DateTimeField(_("starts"))
    planned_minutes = models.PositiveIntegerField(
        _("minutes"),
        default=45,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # When it was found that nobody had begun it; stays when it is held late.
    missed_at = models.DateTimeField(null=True, blank=True)
    # The shortest of its reminders that went out: so many minutes before it. Null while
    # none has, and again when it gets another time.
    reminded_minutes = models.PositiveIntegerField(
        null=True, blank=True, editable=False
    )
    # A person gave it this time: the rule leaves it alone.
    is_moved = models.BooleanField(default=False)
    # It took place elsewhere, and somebody wrote down that it did.
    is_outside = models.BooleanField(_("held outside"), default=False)
    # Why it was moved, skipped or cancelled, in the words of who did it.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # What was written down of one that was held outside.
    notes = models.TextField(_("notes"), max_length=10_000, blank=True)
    # Grows with every change of its time or state that calendars must hear of.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)
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
            models.CheckConstraint(
                name="meeting_called_by_a_rule_on_a_day",
                condition=Q(cadence=None, key_on=None, called_for=None)
                | Q(
                    cadence__isnull=False,
                    key_on__isnull=False,
                    called_for__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="skipped_meeting_says_why",
                condition=~Q(state="skipped") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="missed_meeting_says_since_when",
                condition=~Q(state="missed") | Q(missed_at__isnull=False),
            ),
            # Two planners, or three days without one, make each meeting once.
            models.UniqueConstraint(
                fields=["cadence", "key_on", "team", "person"],
                name="meeting_once_per_occasion",
                condition=Q(cadence__isnull=False),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # What is coming, and what nobody began.
            models.Index(
                fields=["starts_at"],
                name="meetings_planned",
                condition=Q(state="planned"),
            ),
            models.Index(fields=["starts_at"], name="meetings_by_time"),
            models.Index(fields=["person", "-starts_at"], name="meetings_of_a_person"),
            models.Index(fields=["chair", "-starts_at"], name="meetings_of_a_chair"),
            models.Index(fields=["team", "-starts_at"], name="meetings_of_a_team"),
        ]

    def __str__(self) -> str:
        if self.title:
            return f"{self.title}, {self.subject}"
        return called(MeetingKind(self.kind), self.subject)

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting_detail", args=[self.pk])

    @property
    def subject(self) -> str:
        """Return the name of the team or person that it is with."""
        return str(self.team or self.person)

    @property
    def ends_at(self) -> datetime:
        """Return when it is planned to end."""
        return self.starts_at + timedelta(minutes=self.planned_minutes)

    @property
    def is_late(self) -> bool:
        """Whether it was held after it had been missed."""
        return self.state == MeetingState.HELD and self.missed_at is not None

    @property
    def runner(self) -> User:
        """Return who holds the chair now."""
        return self.deputy or self.chair
