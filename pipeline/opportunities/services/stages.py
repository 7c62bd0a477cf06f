"""Where a deal stands: moved through gates, closed, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity, Outcome
from pipeline.opportunities.selectors.missing import requirements_until
from pipeline.opportunities.services.locking import (
    locked_in_process,
    require_open,
    require_reason,
)
from pipeline.opportunities.services.sources import refuse_owned_stage
from pipeline.process.gates import Requirement, missing
from pipeline.process.models import Stage
from rhythm.people.models import User
from rhythm.web.versions import Conflict


class GateClosed(ValidationError):
    """A gate refuses the move: one message per missing requirement, code "gate".

    `missing` holds the requirements, in the order of the stages.
    """

    def __init__(self, missing: Sequence[Requirement]) -> None:
        super().__init__([each.title for each in missing])
        self.code = "gate"
        self.missing = list(missing)


@transaction.atomic
def move(
    opportunity: Opportunity,
    *,
    to: Stage,
    by: User,
    now: datetime,
    reason: str = "",
    shown_version: int | None = None,
) -> Opportunity:
    """Move an open deal to another open stage of its process, and return it.

    Moving forward needs all that the gates of every stage left on the way require;
    who leads the owner passes without it by giving a reason, which is kept and
    counted. Moving back needs a reason. Moving to where it already is changes
    nothing. The database writes the history.

    Raises GateClosed with what is missing; ValidationError if the deal is closed
    (code "closed"), the stage is of another process or a closed one ("stage"), or
    the reason is missing ("reason"); Conflict.
    """
    # Locked and read again: two leaders may be moving it in the same meeting.
    current = locked_in_process(opportunity, shown_version, by=by)
    require_open(current)
    to = _still_there(to.pk, current)
    if to == current.stage:
        return current
    refuse_owned_stage(current)
    if to.process_id != current.process_id or not to.is_open:
        raise ValidationError(
            _("Choose an open stage of the deal's own process."), code="stage"
        )

    is_override, kept = False, ""
    if to.position < current.stage.position:
        kept = require_reason(reason, _("Say why it moves back."))
    elif lacking := missing(requirements_until(current, to, now=now)):
        if not (reason.strip() and may_override(current, by)):
            raise GateClosed(lacking)
        is_override, kept = True, require_reason(reason, _("Say why."))

    current.stage, current.stage_since = to, now
    current.is_gated, current.is_override, current.move_reason = True, is_override, kept
    current.version += 1
    current.save(update_fields=[*MOVED, "version"])
    return current


def _still_there(stage_id: int, opportunity: Opportunity) -> Stage:
    """Return the stage as it is now. Raises Conflict if somebody removed it."""
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise Conflict(opportunity, _("This stage was removed meanwhile."))
    return stage


# What a move sets.
MOVED = ("stage", "stage_since", "is_gated", "is_override", "move_reason")


@dataclass(frozen=True)
class Standing:
    """Where a deal stood, to put it back there at once."""

    stage_id: int
    stage_since: datetime
    is_gated: bool
    is_override: bool
    move_reason: str

    @classmethod
    def of(cls, opportunity: Opportunity) -> Standing:
        return cls(
            stage_id=opportunity.stage_id,
            stage_since=opportunity.stage_since,
            is_gated=opportunity.is_gated,
            is_override=opportunity.is_override,
            move_reason=opportunity.move_reason,
        )


@transaction.atomic
def undo_move(
    opportunity: Opportunity, before: Standing, *, by: User, shown_version: int
) -> Opportunity:
    """Put the deal back where it stood before a move, and return it.

    For a slip of the hand: nothing may have changed since the move, whose version is
    shown_version. No gate is asked and no reason; history keeps both moves.

    Raises Conflict if something changed, also that the stage is gone; ValidationError
    if the deal is closed.
    """
    current = locked_in_process(opportunity, shown_version, by=by)
    require_open(current)
    refuse_owned_stage(current)
    current.stage = _still_there(before.stage_id, current)
    current.stage_since = before.stage_since
    current.is_gated, current.is_override = before.is_gated, before.is_override
    current.move_reason = before.move_reason
    current.version += 1
    current.save(update_fields=[*MOVED, "version"])
    return current


def may_override(opportunity: Opportunity, by: User) -> bool:
    """Return whether `by` may pass a closed gate: only who leads the deal's owner."""
    return by.pk != opportunity.owner_id and by.leads(opportunity.owner)


@transaction.atomic
def close(
    opportunity: Opportunity,
    *,
    outcome: str,
    reason: str,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> Opportunity:
    """Close an open deal as won, lost or walked away, and return it.

    It goes to the closed stage of its process, dated today where `by` is, and
    remembers where it stood.

    Raises ValidationError if it is closed already, the outcome is none of `Outcome`
    or the reason is missing; Conflict.
    """
    current = locked_in_process(opportunity, shown_version, by=by)
    if not current.is_open:
        raise ValidationError(_("This deal is closed already."), code="closed")
    if outcome not in Outcome.values:
        raise ValidationError(
            {"outcome": _("Say whether it was won, lost or walked away from.")}
        )
    refuse_owned_stage(current)
    reason = require_reason(reason, _("Say why, in a line."))
    stage = Stage.objects.filter(process=current.process_id, kind=outcome).first()
    if stage is None:
        raise ValidationError(
            _("The process has no stage for this. An admin can add it."), code="stage"
        )

    current.closed_from, current.stage, current.stage_since = current.stage, stage, now
    current.outcome, current.close_reason = outcome, reason
    current.closed_on = by.today(now)
    current.is_override, current.move_reason = False, ""
    current.version += 1
    current.save(update_fields=[*STANDING, "closed_on", "close_reason", "version"])
    return current


# What closing and reopening set beside the date and the reason.
STANDING = (
    "stage",
    "stage_since",
    "closed_from",
    "outcome",
    "is_override",
    "move_reason",
)


@transaction.atomic
def reopen(
    opportunity: Opportunity,
    *,
    reason: str,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> Opportunity:
    """Open a closed deal again where it was closed from, and return it.

    One that a file brought in closed starts at the first stage.

    Raises ValidationError if it is open or the reason is missing; Conflict.
    """
    current = locked_in_process(opportunity, shown_version, by=by)
    if current.is_open:
        raise ValidationError(_("This deal is open already."), code="open")
    refuse_owned_stage(current)
    reason = require_reason(reason, _("Say why it opens again."))
    open_stages = Stage.objects.open().filter(process=current.process_id)
    stage = current.closed_from or open_stages.order_by("position").first()
    if stage is None:
        raise ValidationError(_("The process has no open stage."), code="stage")

    current.stage, current.stage_since, current.closed_from = stage, now, None
    current.outcome, current.close_reason, current.closed_on = "", "", None
    current.is_override, current.move_reason = False, reason
    current.version += 1
    current.save(update_fields=[*STANDING, "closed_on", "close_reason", "version"])
    return current
