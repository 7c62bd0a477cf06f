"""One block of a meeting, under the lock of its run."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pipeline.runner.models import Block, Run
from rhythm.calendar.services.course import locked


def locked_block(block: Block) -> Block:
    """Return the block as it is now, with its run, which is locked.

    Whoever changes a block holds the lock of its run, so it needs none of its own.

    Raises ValidationError if somebody dropped it meanwhile.
    """
    run = locked(Run, block.run_id)
    current = Block.objects.filter(pk=block.pk).first()
    if current is None:
        raise gone()
    current.run = run
    return current


def gone() -> ValidationError:
    """Return what there is to say of a block that somebody dropped meanwhile."""
    return ValidationError(_("This block is gone."), code="gone")
