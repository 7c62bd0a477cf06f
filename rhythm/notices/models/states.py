"""Where a notice stands, and what may be done when nobody knows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rhythm.notices.kinds import MAIL_ALONE

# What stands in its recipient's inbox: all that came, but for mail that lets somebody
# in, the mail that holds the others, and what a calendar takes.
IN_INBOX = Q(
    arrived_at__isnull=False, delivery_class="at_most_once", recipient__isnull=False
) & ~Q(kind__in=MAIL_ALONE)


class NoticeState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    # There is no mail server: it stays here, to be read in the app.
    KEPT = "kept", _("Kept here")
    FAILED = "failed", _("Failed")
    # A worker died after it may have been sent; a person decides.
    UNKNOWN = "unknown", _("Unknown")
    # It waited in a backup, and may have gone out since; a person decides.
    HELD = "held", _("Held")
    DROPPED = "dropped", _("Dropped")
    # It goes out by no mail of its own, as its recipient wants it.
    INBOX = "inbox", _("In the inbox")
    # It would have come when it made no sense any more.
    EXPIRED = "expired", _("Too late")


class DeliveryClass(models.TextChoices):
    """What to do when it cannot be known whether it was sent."""

    AT_MOST_ONCE = "at_most_once", _("At most once")
    AT_LEAST_ONCE = "at_least_once", _("At least once")
