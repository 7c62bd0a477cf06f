"""How the parts of a plan and what is decided about it look and are called."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.accounts.gaps import Gap
from pipeline.accounts.models import (
    Attitude,
    Bond,
    CellState,
    PlanDecision,
    Severity,
    Side,
)


@dataclass(frozen=True)
class Look:
    """An icon, the tone of a chip, and words; css ends the class, key is pressed."""

    label: str | Promise
    icon: str
    tone: str = ""
    css: str = ""
    key: str = ""


def _look(value: models.TextChoices, icon: str, tone: str = "") -> Look:
    return Look(value.label, icon, tone, str(value))


ATTITUDES = {
    each.value: _look(each, icon, tone)
    for each, icon, tone in (
        (Attitude.CHAMPION, "star-fill", "ok"),
        (Attitude.FOR, "hand-index", "ok"),
        (Attitude.NEUTRAL, "dash-circle", ""),
        (Attitude.AGAINST, "hand-thumbs-down", "bad"),
        (Attitude.UNKNOWN, "question-circle", "warn"),
    )
}
BONDS = {
    each.value: _look(each, icon, tone)
    for each, icon, tone in (
        (Bond.NONE, "person-x", "warn"),
        (Bond.KNOWN, "person", ""),
        (Bond.GOOD, "person-check", ""),
        (Bond.CLOSE, "person-check-fill", "ok"),
    )
}
CELLS = {
    each.value: _look(each, icon, tone)
    for each, icon, tone in (
        (CellState.SOLD, "check-circle-fill", "ok"),
        (CellState.DEAL, "kanban", "info"),
        (CellState.COMPETITOR, "flag-fill", "bad"),
        (CellState.NOT_YET, "circle", "warn"),
        (CellState.NO_FIT, "slash-circle", "mute"),
    )
}
ASKED_BY_NOBODY = Look(gettext_lazy("Nobody has asked"), "question-circle", "", "open")
SEVERITIES = {
    each.value: _look(each, icon, tone)
    for each, icon, tone in (
        (Severity.HIGH, "exclamation-octagon", "bad"),
        (Severity.MEDIUM, "exclamation-triangle", "warn"),
        (Severity.LOW, "eye", ""),
    )
}
DECISIONS: dict[str, Look] = {
    PlanDecision.ON_TRACK: Look(
        PlanDecision.ON_TRACK.label, "check-circle", "ok", "keep", "1"
    ),
    PlanDecision.NEW_MOVE: Look(
        PlanDecision.NEW_MOVE.label, "arrow-right-circle", "info", "advance", "2"
    ),
    PlanDecision.ESCALATE: Look(
        PlanDecision.ESCALATE.label, "arrow-up-circle", "warn", "coach", "3"
    ),
    PlanDecision.HAND_OVER: Look(
        PlanDecision.HAND_OVER.label, "arrow-left-right", "warn", "requalify", "4"
    ),
}
SKIPPED = Look(gettext_lazy("Skipped"), "skip-forward", "", "skip", "s")


def look_of(decision: str, skip_reason: str) -> Look | None:
    """Return how an item's decision looks. None when there is none yet."""
    if decision:
        return DECISIONS[decision]
    return SKIPPED if skip_reason else None


def gap_words(gap: Gap) -> str:
    """Return what is missing, in a sentence."""
    side = str(Side(gap.side).label) if gap.side else ""
    whom = {"name": gap.name, "side": side}
    return {
        "empty": _("Nobody is on the map yet."),
        "no_sponsor": _("No sponsor: nobody there wants it and pays for it."),
        "no_decider": _("Nobody on the map decides."),
        "no_finance": _("Nobody from finance is on the map."),
        "no_top": _("Nobody of ours knows anybody at the top."),
        "one_of_ours": _("All we know there hangs on one of ours."),
        "unknown": _("Nobody of ours knows %(name)s (%(side)s)."),
        "against": _("%(name)s (%(side)s) is against us."),
    }[gap.kind] % whom
