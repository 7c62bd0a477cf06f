"""The outbox: everything that leaves is first a row here."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual

from rhythm.notices.kinds import CHANNEL_TEST, PASSING
from rhythm.notices.models.channels import Channel
from rhythm.notices.models.states import IN_INBOX, DeliveryClass, NoticeState
from rhythm.people.models import User

# Letters of an invitation: one meeting, its reminders and its zone are a tenth of it.
LONGEST_CALENDAR = 20_000


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the notices to `viewer`; admins see the whole outbox."""
        if not viewer.is_active:
            return self.none()
        return self if viewer.is_admin else self.filter(recipient=viewer)

    def editable_by(self, editor: User) -> Self:
        """Return the notices that `editor` may send again: all for admins."""
        return self if editor.is_active and editor.is_admin else self.none()

    def due(self, now: datetime) -> Self:
        """Return the ones that wait and whose time has come, and is not over.

        now is business time. When to try again is told by the database's clock. Before
        it has arrived, nobody has decided how it goes.
        """
        may_be_tried = Q(retry_at=None) | Q(retry_at__lte=Now())
        waiting = self.filter(may_be_tried, state=NoticeState.QUEUED, due_at__lte=now)
        waiting = waiting.filter(Q(waits_until=None) | Q(waits_until__lte=now))
        waiting = waiting.exclude(arrived_at=None)
        return waiting.filter(Q(expires_at=None) | Q(expires_at__gt=now))

    def besides_missed_tests(self) -> Self:
        """Return all but tests of channels that did not get there.

        Whoever asked for one sees it on the channel's page: there is nothing to mend.
        """
        missed = Q(state__in=(NoticeState.FAILED, NoticeState.UNKNOWN))
        return self.exclude(missed, kind=CHANNEL_TEST)

    def with_an_open_channel(self) -> Self:
        """Return those by mail, and those to a channel that is not left in peace.

        A test goes to every channel that is on: it asks whether one is reached again.
        """
        own = Channel.objects.filter(pk=OuterRef("channel"))
        is_test = Q(kind=CHANNEL_TEST) & ~Exists(own.filter(is_active=False))
        return self.filter(is_test | ~Exists(own.closed()))

    def next_by_channel(self) -> Self:
        """Return the one of each channel that waits longest."""
        waiting = self.filter(channel__isnull=False).with_an_open_channel()
        return waiting.order_by("channel_id", "due_at", "pk").distinct("channel_id")

    def to_arrive(self, now: datetime) -> Self:
        """Return the ones whose time has come, and that have not arrived yet."""
        return self.filter(arrived_at=None, due_at__lte=now)

    def waiting_for_a_tick(self, now: datetime) -> bool:
        """Return whether the time of any has come or is over. One query.

        A tick that finds none need look no further.
        """
        queued = self.filter(state=NoticeState.QUEUED, due_at__lte=now)
        others = (self.to_arrive(now), self.too_late(now))
        pks = (each.values("pk") for each in others)
        return queued.values("pk").union(*pks, all=True).exists()

    def in_inbox_of(self, person: User) -> Self:
        """Return what stands in the person's own inbox. Nobody has another's."""
        return self.filter(IN_INBOX, recipient=person)

    def open(self, now: datetime) -> Self:
        """Return what waits for its recipient now."""
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
        return self.filter(awake, done_at=None)

    def passed(self, now: datetime) -> Self:
        """Return what nobody need do with any more: reminders of what has begun.

        What the next morning mail has still to say is not among them, and nothing that
        its recipient put off or back: that comes when it is wanted, and stays.
        """
        is_told = Q(for_digest=False) | Q(digested_at__isnull=False)
        over = self.filter(is_told, IN_INBOX, kind__in=PASSING, expires_at__lte=now)
        return over.filter(done_at=None, snoozed_until=None)

    def snoozed(self, now: datetime) -> Self:
        """Return what its recipient wants to see later."""
        return self.filter(done_at=None, snoozed_until__gt=now)

    def done(self) -> Self:
        return self.exclude(done_at=None)

    def for_next_digest(self, now: datetime) -> Self:
        """Return what is open and waits for its recipient's next morning mail."""
        waiting = self.filter(for_digest=True, digested_at=None)
        return waiting.filter(IN_INBOX).open(now)

    def unread(self) -> Self:
        """Return what was not opened, by the database's clock: the bell counts it."""
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=Now())
        return self.filter(IN_INBOX, awake, done_at=None, read_at=None)

    def too_late(self, now: datetime) -> Self:
        """Return the ones that wait and make no sense any more."""
        return self.filter(state=NoticeState.QUEUED, expires_at__lte=now)


class Notice(models.Model):
    """One message: to one person by e-mail, or to one chat channel."""

    # What it is about, as `app.occasion`: `reviews.minutes`, `people.invitation`.
    kind = models.CharField(max_length=60)
    # Names the occasion, so that posting it twice makes one: `reviews.minutes:42:7`.
    key = models.CharField(max_length=200, unique=True)
    # Null for mail to an address that belongs to nobody, as some sign-in mail.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="notices"
    )
    address = models.EmailField(max_length=254)
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    # An invitation of iTIP (RFC 5546) that goes along, for a calendar to take.
    calendar = models.TextField(blank=True)
    # A path of ours: what it is about.
    url = models.CharField(max_length=300, blank=True)
    delivery_class = models.CharField(
        max_length=13, choices=DeliveryClass, default=DeliveryClass.AT_MOST_ONCE
    )
    # Stable over every attempt, so that a mail program shows a repetition once.
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(
        max_length=7, choices=NoticeState, default=NoticeState.QUEUED
    )
    # Business time: when it concerns the recipient, and from when it does not any more.
    # Without an end it makes sense however late it is.
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    # The next attempt after one that certainly failed, by the database's clock.
    retry_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # A worker holds it until then, by the database's clock.
    claimed_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    # Who may still get it is asked right before it leaves: a word of NOTICE_GUARDS and
    # the id that it is asked about. Empty asks nothing.
    guard = models.CharField(max_length=40, blank=True)
    guarded_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Its time had come: from then on it stands in the inbox, and goes out by mail.
    arrived_at = models.DateTimeField(null=True, blank=True)
    # The recipient's quiet hours hold its mail until then, in business time.
    waits_until = models.DateTimeField(null=True, blank=True)
    # It goes into the recipient's next morning mail; and the time of the one it was in.
    for_digest = models.BooleanField(default=False)
    digested_at = models.DateTimeField(null=True, blank=True)
    # What its recipient did with it. Its place in the inbox is by `surfaced_at`: when
    # it came, or when it comes again after it was put off.
    surfaced_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="notice_claimed_iff_sending",
                condition=Q(state="sending", claimed_until__isnull=False)
                | (~Q(state="sending") & Q(claimed_until=None)),
            ),
            models.CheckConstraint(
                name="notice_to_a_person_or_a_channel",
                condition=Q(channel=None) | Q(recipient=None, address=""),
            ),
            models.CheckConstraint(
                name="notice_with_a_short_calendar_to_a_person",
                condition=Q(calendar="")
                | Q(
                    LessThanOrEqual(Length("calendar"), LONGEST_CALENDAR),
                    recipient__isnull=False,
                ),
            ),
            # However slow a channel is, it holds one worker and not all of them.
            models.UniqueConstraint(
                fields=["channel"],
                name="one_notice_at_a_time_to_a_channel",
                condition=Q(state="sending", channel__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_surfaces_iff_arrived",
                condition=Q(arrived_at=None, surfaced_at=None)
                | Q(arrived_at__isnull=False, surfaced_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="notices_that_wait",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["claimed_until"],
                name="notices_being_sent",
                condition=Q(state="sending"),
            ),
            models.Index(fields=["id"], name="notices_held", condition=Q(state="held")),
            models.Index(
                fields=["due_at", "id"],
                name="notices_to_arrive",
                condition=Q(arrived_at=None),
            ),
            models.Index(
                fields=["recipient", "-surfaced_at", "-id"],
                name="notices_in_inboxes",
                condition=IN_INBOX,
            ),
            models.Index(
                fields=["recipient"],
                name="notices_for_digests",
                condition=Q(for_digest=True, digested_at=None),
            ),
            # A tick puts away what has passed, and there is little that passes.
            models.Index(
                fields=["expires_at"],
                name="notices_that_pass",
                condition=Q(kind__in=PASSING, done_at=None),
            ),
            # The bell of every page counts by it.
            models.Index(
                fields=["recipient"],
                name="notices_unread",
                condition=IN_INBOX & Q(done_at=None, read_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_secret(self) -> bool:
        """Whether it lets somebody in: sign-in mail, which must arrive."""
        is_certain = self.delivery_class == DeliveryClass.AT_LEAST_ONCE
        return is_certain and self.channel_id is None

    @property
    def is_channel_test(self) -> bool:
        """Whether it asks if a channel is reached: tried once, and never counted."""
        return self.kind == CHANNEL_TEST

    def is_over(self, now: datetime) -> bool:
        """Return whether what it is about is over, so that it says so at most."""
        return self.expires_at is not None and self.expires_at <= now


class Restore(models.Model):
    """A time at which everything here came back from a backup.

    What was due before it may have gone out from the database that was lost.
    """

    restored_at = models.DateTimeField()
    # When the backup was made.
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-restored_at", "-pk"]

    def __str__(self) -> str:
        return f"Restored at {self.restored_at}"
