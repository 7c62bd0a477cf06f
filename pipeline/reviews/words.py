"""How decisions look and are called, on screen and in mails."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pipeline.reviews.models import Decision


@dataclass(frozen=True)
class Look:
    """An icon, the tone of a chip, and words."""

    label: str | Promise
    icon: str
    tone: str = ""
    # What happened, after the name of the deal: "Brennecke: kept".
    done: str | Promise = ""
    # The end of the CSS class of its beat.
    css: str = ""
    key: str = ""


# What a rep says of a deal before its review, by the fields of the item.
PREPARED_WORDS: dict[str, str | Promise] = {
    "prep_changed": _("What changed since last time"),
    "prep_next": _("What the customer does next, and by when"),
    "prep_help": _("What I need help with"),
}
LOOKS: dict[str, Look] = {
    Decision.KEEP: Look(_("Keep"), "bookmark-check", "", _("kept"), "keep", "1"),
    Decision.ADVANCE: Look(
        _("Advance"), "arrow-right-circle", "ok", _("advance"), "advance", "2"
    ),
    Decision.COACH: Look(_("Coach"), "mortarboard", "warn", _("coach"), "coach", "3"),
    Decision.REQUALIFY: Look(
        _("Re-qualify"), "arrow-repeat", "warn", _("re-qualify"), "requalify", "4"
    ),
    Decision.WALK_AWAY: Look(
        _("Walk away"), "x-octagon", "bad", _("walk away"), "walk-away", "5"
    ),
    Decision.PARK: Look(_("Park"), "p-circle", "info", _("parked"), "park", "6"),
}
SKIPPED = Look(_("Skipped"), "skip-forward", "", _("skipped"), "skip", "s")


def look_of(decision: str, skip_reason: str) -> Look | None:
    """Return how an item's decision looks. None when there is none yet."""
    if decision:
        return LOOKS[decision]
    return SKIPPED if skip_reason else None
