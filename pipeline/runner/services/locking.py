"""One block of a meeting under its lock, and that of its run."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pipeline.runner.models import Block, Run
from rhythm.calendar.services.course import locked


def locked_block(block: Block) -> Block:
    """Return the block as it is now; it and its run are locked.

    Raises ValidationError if somebody dropped it meanwhile.
    """
    run = locked(Run, block.run_id)
    Block.objects.select_for_update().filter(pk=block.pk).first()
    current = Block.objects.select_related("opportunity").filter(pk=block.pk).first()
    if current is None:
        raise ValidationError(_("This block is gone."), code="gone")
    current.run = run
    return current
