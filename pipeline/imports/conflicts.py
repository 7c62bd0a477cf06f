"""What becomes of fields that the file and somebody here changed both."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.imports.bulk.comparing import OURS, THEIRS
from pipeline.imports.models import ImportRow, ImportRun, ImportState, RowAction


@transaction.atomic
def settle(
    run: ImportRun,
    choice: str,
    *,
    kind: str = "",
    target: int | None = None,
    field: str = "",
) -> ImportRun:
    """Say what becomes of conflicts: "ours" stays, or "theirs" comes in.

    Of one field of one record; without a target of all, whatever was said of one. The
    last one to say so wins. Raises ValidationError if the import is not checked, or
    nothing of it is in conflict there.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state != ImportState.CHECKED:
        raise ValidationError(_("Check the files first."), code="not_checked")
    if choice not in (OURS, THEIRS):
        raise ValidationError(_("Choose one of the two."), code="choice")
    if target is None:
        conflicts: dict[str, Any] = {"all": choice}
    else:
        rows = ImportRow.objects.filter(
            file__in=list(run.files.values_list("pk", flat=True)),
            kind=kind,
            target_id=target,
            action=RowAction.CONFLICT,
            changes__contains=[{"field": field}],
        )
        if not rows.exists():
            raise ValidationError(_("This is not in conflict."), code="no_conflict")
        conflicts = run.answers.get("conflicts", {})
        of_record = conflicts.setdefault(kind, {}).setdefault(str(target), {})
        of_record[field] = choice
    run.answers = {**run.answers, "conflicts": conflicts}
    run.save(update_fields=["answers"])
    return run
