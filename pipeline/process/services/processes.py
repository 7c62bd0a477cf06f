"""Changes to processes as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from pipeline.process.drafts import ProcessDraft, StageDraft
from pipeline.process.models import Milestone, Process, Stage
from pipeline.process.selectors import process_draft
from pipeline.process.services.publishing import record_version
from pipeline.process.services.stages import CLOSED_STAGES, insert_stage
from pipeline.process.starter import NEW_BUSINESS, STARTERS
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def create_process(
    draft: ProcessDraft, *, by: User | None = None, submission_key: UUID | None = None
) -> Process:
    """Add a process with the draft's open stages and the three closed ones, at the end.

    It is published at once, as its version 1. by None is the server itself.

    A process without a stage gets one, so that deals can begin somewhere. The first
    process in use becomes the default. The same submission_key again returns the
    process that it made.

    Raises ValidationError if there is one of that name.
    """
    _one_at_a_time()
    if submission_key:
        made = Process.objects.filter(submission_key=submission_key).first()
        if made:
            return made
    last = Process.objects.aggregate(last=Max("position"))["last"] or 0
    process = Process(
        name=draft.name,
        description=draft.description,
        position=last + 1,
        is_default=not Process.objects.filter(is_default=True).exists(),
        submission_key=submission_key,
    )
    check_and_save(process)
    stages = draft.stages or (StageDraft(name=_("First stage")),)
    for position, stage in enumerate((*stages, *CLOSED_STAGES), 1):
        insert_stage(process, stage, position)
    record_version(process, by=by)
    return process


@transaction.atomic
def create_starter(*, by: User | None = None) -> Process:
    """Make sure of the processes that a team can begin with; return the first one.

    Those that are there by name stay as they are: a second call changes nothing.
    """
    _one_at_a_time()
    for draft in STARTERS.values():
        if not Process.objects.filter(name=draft.name).exists():
            create_process(draft, by=by)
    return Process.objects.get(name=NEW_BUSINESS.name)


def copy_process(
    source: Process,
    *,
    name: str,
    description: str = "",
    by: User | None = None,
    submission_key: UUID | None = None,
) -> Process:
    """Add a process with the stages, guidance and milestones of `source`.

    Raises ValidationError if there is one of that name.
    """
    stages = process_draft(source).stages
    return create_process(
        ProcessDraft(name=name, description=description, stages=stages),
        by=by,
        submission_key=submission_key,
    )


@transaction.atomic
def edit_process(
    process: Process, *, name: str, description: str, shown_version: int | None = None
) -> Process:
    """Rename or describe a process.

    Raises ValidationError if another one has that name, Conflict if somebody changed
    it after it was shown.
    """
    process = _locked(process)
    check_version(process, shown_version)
    changed = changed_fields(process, {"name": name, "description": description})
    if changed:
        process.version += 1
        check_and_save(process, update_fields=[*changed, "version"])
    return process


@transaction.atomic
def make_default(process: Process) -> Process:
    """Let new deals start in this process unless somebody says otherwise.

    Raises ValidationError if it is archived.
    """
    # All rows, in one order: two admins may choose at the same time.
    every = {p.pk: p for p in Process.objects.select_for_update().order_by("pk")}
    process = every[process.pk]
    if process.archived_at:
        raise ValidationError(
            _("An archived process takes no new deals. Bring it back first."),
            code="archived",
        )
    for other in every.values():
        if other.is_default and other != process:
            other.is_default = False
            other.save(update_fields=["is_default"])
    if not process.is_default:
        process.is_default = True
        process.save(update_fields=["is_default"])
    return process


@transaction.atomic
def archive(process: Process, *, now: datetime, by: User | None = None) -> Process:
    """Let no new deals start in this process. Its deals stay and go on.

    Raises ValidationError if it is the default.
    """
    process = _locked(process)
    if process.is_default:
        raise ValidationError(
            _("New deals start in this process. Make another one the default first."),
            code="default",
        )
    if process.archived_at is None:
        process.archived_at = now
        process.save(update_fields=["archived_at"])
        audit.record(AuditKind.PROCESS_ARCHIVED, by=by, subject=process.name)
    return process


@transaction.atomic
def unarchive(process: Process) -> Process:
    """Let new deals start in this process again."""
    process = _locked(process)
    if process.archived_at is not None:
        process.archived_at = None
        process.save(update_fields=["archived_at"])
    return process


@transaction.atomic
def order_processes(ids: Sequence[int]) -> None:
    """Put the processes into the order of `ids`; those not named come after.

    Ids that do not exist any more are passed over.
    """
    every = list(Process.objects.select_for_update().order_by("position", "pk"))
    place = {pk: index for index, pk in enumerate(ids)}
    every.sort(key=lambda process: place.get(process.pk, len(place)))
    for position, process in enumerate(every, 1):
        process.position = position
    Process.objects.bulk_update(every, ["position"])


def delete_process(process: Process, *, by: User | None = None) -> None:
    """Remove a process that nothing uses, with its stages and milestones.

    Raises ValidationError if deals are or were in it, or if it is the default.
    """
    try:
        with transaction.atomic():
            process = _locked(process)
            if process.is_default:
                raise ValidationError(
                    _("New deals start in this process. Make another the default."),
                    code="default",
                )
            Milestone.objects.filter(stage__process=process).delete()
            Stage.objects.filter(process=process).delete()
            process.delete()
            audit.record(AuditKind.PROCESS_DELETED, by=by, subject=process.name)
    except ProtectedError as error:
        raise ValidationError(
            _("There are deals in this process. Archive it instead."), code="in_use"
        ) from error


def _one_at_a_time() -> None:
    """Wait until nobody else is adding a process. Lasts to the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('process.create'))")


def _locked(process: Process) -> Process:
    return Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
