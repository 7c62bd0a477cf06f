"""What notices are about, in words: the catalogue that people choose from.

The core knows the words of every app's occasions here, and none of their modules. A
kind that is not listed is delivered like OTHER.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Delivery(models.TextChoices):
    """How a notice of a kind reaches somebody, beside the inbox."""

    MAIL = "mail", _("At once by mail")
    DIGEST = "digest", _("In the morning mail")
    INBOX = "inbox", _("Inbox only")
    # Of invitations, which a calendar takes and no inbox.
    UNLESS_READ = "unless_read", _("By mail, unless subscribed")
    NONE = "none", _("Not at all")


# What people choose from, the quietest last: one click in a mail goes there.
USUAL = (Delivery.MAIL, Delivery.DIGEST, Delivery.INBOX)
BY_MAIL = (Delivery.MAIL, Delivery.UNLESS_READ)


@dataclass(frozen=True)
class Kind:
    """One kind of notice. `why` completes "You get this mail because …"."""

    key: str
    label: str | Promise
    why: str | Promise
    icon: str
    delivery: Delivery = Delivery.MAIL
    # How late it still makes sense to send it by mail; None is any time.
    max_lateness: timedelta | None = None
    choices: Sequence[Delivery] = USUAL
    # Whether it leaves its recipient's inbox by itself when it is over. Only for what
    # is posted anew where its time changes.
    is_passing: bool = False

    @property
    def is_mail_alone(self) -> bool:
        """Whether it is a mail or nothing: no inbox and no morning mail holds it."""
        return Delivery.INBOX not in self.choices


# The mail that holds what waits: not a notice that people choose, but they may end it.
DIGEST = Kind(
    "notices.digest",
    _("Morning mail"),
    _("you have the morning mail switched on."),
    "sun",
    max_lateness=timedelta(hours=12),
)
OTHER = Kind(
    "other", _("Other news"), _("it is about you or your work in Rhythm."), "bell"
)
# Somebody tries whether a chat channel is reached.
CHANNEL_TEST = "notices.channel_test"
DAY = timedelta(days=1)
KINDS: Sequence[Kind] = (
    Kind(
        "calendar.replanned",
        _("Meetings: new times, called off"),
        _("you take part in the meeting."),
        "calendar-event",
        max_lateness=7 * DAY,
    ),
    Kind(
        "meetings.invitation",
        _("Meetings: invitations for your calendar"),
        _("you take part in the meeting."),
        "calendar-plus",
        Delivery.UNLESS_READ,
        choices=(Delivery.UNLESS_READ, Delivery.MAIL, Delivery.NONE),
    ),
    Kind(
        "meetings.reminder",
        _("Meetings: reminders"),
        _("you take part in the meeting."),
        "alarm",
        max_lateness=timedelta(hours=12),
        is_passing=True,
    ),
    Kind(
        "meetings.prepare",
        _("Meetings: what to prepare"),
        _("you are asked to prepare for the meeting."),
        "pencil-square",
        max_lateness=DAY,
    ),
    Kind(
        "meetings.unprepared",
        _("Meetings: still to be prepared today"),
        _("you are asked to prepare for the meeting."),
        "pencil-square",
        Delivery.DIGEST,
        max_lateness=timedelta(hours=12),
    ),
    Kind(
        "meetings.huddle",
        _("Huddles without meeting: three questions"),
        _("you are in the huddle."),
        "chat-square-text",
        max_lateness=DAY,
    ),
    Kind(
        "meetings.preread",
        _("Meetings: the pre-read"),
        _("you take part in the meeting."),
        "file-text",
        max_lateness=timedelta(hours=12),
    ),
    Kind(
        "meetings.missed",
        _("Meetings: missed or not held"),
        _("you run the meeting."),
        "calendar-x",
        Delivery.DIGEST,
        max_lateness=7 * DAY,
    ),
    Kind(
        "meetings.nag",
        _("Meetings: missed, and no word why"),
        _("you run the meeting."),
        "calendar-x",
        max_lateness=DAY,
    ),
    Kind(
        "meetings.escalation",
        _("Meetings of your people: missed, and no word why"),
        _("you lead whoever runs the meeting."),
        "calendar-x",
        Delivery.DIGEST,
        max_lateness=7 * DAY,
    ),
    Kind(
        "meetings.recap",
        _("Meetings: the recap"),
        _("you take part in the meeting."),
        "journal-text",
    ),
    Kind(
        "reviews.minutes",
        _("Pipeline reviews: the minutes"),
        _("you took part in the review, or lead somebody who did."),
        "journal-text",
    ),
    Kind(
        "accounts.minutes",
        _("Account reviews: the minutes"),
        _("you took part in the review, or your account plan was gone through."),
        "map",
    ),
    Kind(
        "comments.question",
        _("Comments: questions to you"),
        _("somebody asked you about a deal."),
        "question-circle",
    ),
    Kind(
        "comments.answer",
        _("Comments: answers to you"),
        _("somebody answered your question."),
        "chat-quote",
    ),
    Kind(
        "comments.mention",
        _("Comments: your name"),
        _("somebody mentioned you on a deal."),
        "at",
    ),
    Kind(
        "commitments.date_asked",
        _("Commitments: a new date is asked for"),
        _("somebody promised you something."),
        "calendar-check",
    ),
    Kind(
        "commitments.date_answered",
        _("Commitments: the answer about a date"),
        _("you asked for a new date."),
        "check2-circle",
    ),
    Kind(
        "commitments.due",
        _("Commitments: due"),
        _("you promised something that is due."),
        "check2-square",
        Delivery.DIGEST,
        max_lateness=7 * DAY,
    ),
    Kind(
        "commitments.broken",
        _("Commitments: not kept to you"),
        _("somebody promised you something."),
        "calendar-x",
        Delivery.DIGEST,
        max_lateness=7 * DAY,
    ),
    Kind(
        "process.published",
        _("How we sell: what changed"),
        _("you have deals in this process, or lead somebody who does."),
        "signpost-split",
    ),
    Kind(
        "imports.waits",
        _("Imports that wait for you"),
        _("you set up this import."),
        "upload",
    ),
    Kind(
        "strategy.priorities",
        _("What counts now: the top three"),
        _("your leader said what counts."),
        "list-ol",
        Delivery.DIGEST,
        max_lateness=7 * DAY,
    ),
    Kind(
        "discipline.week",
        _("The week of your rhythm"),
        _("you lead a team."),
        "calendar-week",
        max_lateness=2 * DAY,
    ),
    OTHER,
)
BY_KEY = {each.key: each for each in KINDS}
PASSING = [each.key for each in KINDS if each.is_passing]
# The keys of what is a mail or nothing: a calendar takes it, or it holds the others.
MAIL_ALONE = [DIGEST.key, *(each.key for each in KINDS if each.is_mail_alone)]


def kind_of(key: str) -> Kind:
    """Return the kind of a notice, OTHER for one that is not listed."""
    return DIGEST if key == DIGEST.key else BY_KEY.get(key, OTHER)


def keys_of(kind: Kind) -> list[str]:
    """Return the words that stand for every kind but this one.

    For OTHER alone: what is not in the list is of that kind.
    """
    return [key for key in (*BY_KEY, DIGEST.key) if key != kind.key]
