"""Where a commitment stands, in the words that every page has for it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.web.formats import day


class Standing(NamedTuple):
    """Kept, broken, due or dropped. The tone is "" for what is due later."""

    tone: str
    icon: str
    words: str


def standing(commitment: Commitment, today: date) -> Standing:
    """Return where it stands on `today`, the date where its reader is."""
    due = {"day": day(commitment.due_on, today)}
    if commitment.state == CommitmentState.DROPPED:
        return Standing("mute", "dash-circle", _("Dropped"))
    if commitment.state == CommitmentState.KEPT:
        kept = {"day": day(commitment.kept_on, today)}
        if commitment.is_broken(today):
            return Standing("warn", "check-circle", _("Kept late, %(day)s") % kept)
        return Standing("ok", "check-circle-fill", _("Kept %(day)s") % kept)
    if commitment.due_on < today:
        return Standing("bad", "x-circle-fill", _("Broken, was due %(day)s") % due)
    if commitment.due_on == today:
        return Standing("warn", "hourglass-split", _("Due today"))
    return Standing("", "calendar-event", _("Due %(day)s") % due)
