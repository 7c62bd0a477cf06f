"""The blocks of one meeting: added, edited, put in order, dropped, given a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.runner.models import Block, Run
from pipeline.runner.services.locking import locked_block
from rhythm.calendar.models import BEFORE_ITS_END, STARTABLE, BlockKind
from rhythm.calendar.models.agendas import validate_no_status
from rhythm.calendar.services.course import beat, locked, require_runner
from rhythm.people.models import User
from rhythm.web.saving import save_once
from rhythm.web.versions import changed_fields, check_version

BEFORE_OR_IN = (*STARTABLE, *BEFORE_ITS_END)
MOST_BLOCKS = 20


@transaction.atomic
def add_block(
    run: Run, values: dict[str, Any], *, by: User, submission_key: UUID | None = None
) -> Block:
    """Return a new block at the end of the agenda. The same form again makes one.

    Raises ValidationError for a title that announces status, and when it is full.
    """
    run = require_runner(locked(run), by, *BEFORE_OR_IN)
    blocks = Block.objects.filter(run=run)
    if submission_key and (
        made := blocks.filter(submission_key=submission_key).first()
    ):
        return made
    if blocks.count() >= MOST_BLOCKS:
        raise ValidationError(_("The agenda is full."), code="full")
    last = blocks.aggregate(last=Max("position"))["last"] or 0
    block = Block(run=run, position=last + 1, submission_key=submission_key, **values)
    _check(block)
    block = save_once(block, submission_key)[0]
    beat(run)
    return block


@transaction.atomic
def edit_block(
    block: Block, values: dict[str, Any], *, by: User, shown_version: int | None
) -> Block:
    """Change what a block is for, how long it takes and how it goes.

    Raises Conflict, and ValidationError for a title that announces status.
    """
    block = locked_block(block)
    require_runner(block.run, by, *BEFORE_OR_IN)
    if all(getattr(block, name) == value for name, value in values.items()):
        return block
    check_version(block, shown_version)
    changed = changed_fields(block, values)
    _check(block)
    block.version += 1
    block.save(update_fields=[*changed, "version"])
    beat(block.run)
    return block


@transaction.atomic
def move_block(block: Block, *, up: bool, by: User) -> Block:
    """Let a block change places with the one before it, or after it.

    What was promised last time stays first; at an end nothing changes.
    """
    block = locked_block(block)
    require_runner(block.run, by, *BEFORE_OR_IN)
    order = list(Block.objects.filter(run=block.run).order_by("position", "pk"))
    place = order.index(block)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order) or order[place].is_first or order[other].is_first:
        return block
    order[place], order[other] = order[other], order[place]
    for position, each in enumerate(order, 1):
        each.position = position
    Block.objects.bulk_update(order, ["position"])
    beat(block.run)
    return order[other]


@transaction.atomic
def drop_block(block: Block, *, by: User) -> Run:
    """Take a block that nobody has come to off the agenda. One that is gone stays so.

    Raises ValidationError for what was promised last time, and for one that was begun.
    """
    run = require_runner(locked(Run, block.run_id), by, *BEFORE_OR_IN)
    current = Block.objects.filter(pk=block.pk).first()
    if current is None:
        return run
    if current.is_first:
        raise ValidationError(_("What was promised comes first, every time."))
    if current.began_at:
        raise ValidationError(_("This block has begun."), code="state")
    current.delete()
    beat(run)
    return run


@transaction.atomic
def choose_case(block: Block, deal: Opportunity | None, *, by: User) -> Block:
    """Say which open deal a block is about; None takes it away.

    Raises PermissionDenied unless `by` may see the deal, ValidationError if it is
    closed.
    """
    block = locked_block(block)
    require_runner(block.run, by, *BEFORE_OR_IN)
    if deal is not None:
        if not Opportunity.objects.visible_to(by).filter(pk=deal.pk).exists():
            raise PermissionDenied
        if not deal.is_open:
            raise ValidationError(_("This deal is closed."), code="closed")
    if block.opportunity_id != (deal.pk if deal else None):
        block.opportunity = deal
        block.version += 1
        block.save(update_fields=["opportunity", "version"])
        beat(block.run)
    return block


def _check(block: Block) -> None:
    block.title, block.how = block.title.strip(), block.how.strip()
    block.clean_fields(exclude=["run", "opportunity"])
    try:
        validate_no_status(block.title)
    except ValidationError as error:
        raise ValidationError({"title": error}) from error
    is_first = Block.objects.filter(pk=block.pk, kind=BlockKind.COMMITMENTS).exists()
    if is_first != (block.kind == BlockKind.COMMITMENTS):
        raise ValidationError(
            {"kind": _("What was promised has its block: the first, and only one.")}
        )
