"""Changes to agenda templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar.agendas import INSTEAD
from rhythm.calendar.models import AgendaBlock, AgendaTemplate, Cadence
from rhythm.people.access import require_editable
from rhythm.people.models import AuditKind, Team, User
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version

UNCHECKED = ("submission_key", "created_by")
MOST_BLOCKS = 20
# What a block says.
BLOCK = ("kind", "title", "minutes", "how")


@transaction.atomic
def make_agenda(
    values: dict[str, Any],
    blocks: Sequence[dict[str, Any]],
    *,
    by: User,
    submission_key: UUID | None = None,
) -> AgendaTemplate:
    """Return a new agenda of these blocks, in their order.

    values are `name`, `kind` and `team`; a block says those of BLOCK. The same form
    sent twice makes one.

    Raises ValidationError for no block or too many, one that is status, or a team that
    `by` does not lead.
    """
    _check(values, blocks, by)
    agenda = AgendaTemplate(**values, created_by=by, submission_key=submission_key)
    agenda, is_new = save_once(agenda, submission_key, exclude=UNCHECKED)
    if is_new:
        _write(agenda, blocks)
        _record(agenda, by, _("made"))
    return agenda


@transaction.atomic
def edit_agenda(
    agenda: AgendaTemplate,
    values: dict[str, Any],
    blocks: Sequence[dict[str, Any]],
    *,
    by: User,
    shown_version: int | None,
) -> AgendaTemplate:
    """Change an agenda. Meetings whose preparation has begun keep what they have.

    Raises Conflict, PermissionDenied, and ValidationError as `make_agenda`, and for a
    kind of meeting that those who use it are not.
    """
    agenda = _locked(agenda, by, shown_version)
    _check(values, blocks, by)
    kind = values["kind"]
    others = Cadence.objects.filter(agenda=agenda).exclude(kind=kind)
    if kind and others.exists():
        words = _("Cadences of another kind use it.")
        raise ValidationError({"kind": words}, code="used")
    before = audit.values_of(agenda, values)
    changed = changed_fields(agenda, values)
    there = list(AgendaBlock.objects.filter(template=agenda).values(*BLOCK))
    if not changed and there == [dict(each) for each in blocks]:
        return agenda
    _save(agenda, changed)
    AgendaBlock.objects.filter(template=agenda).delete()
    _write(agenda, blocks)
    _record(agenda, by, audit.changes(agenda, before) or _("its blocks"))
    return agenda


@transaction.atomic
def switch_agenda(
    agenda: AgendaTemplate, *, is_active: bool, by: User, shown_version: int | None
) -> AgendaTemplate:
    """Offer an agenda to cadences, or not any more. Those that use it go on.

    Raises Conflict and PermissionDenied.
    """
    agenda = _locked(agenda, by, shown_version)
    if changed := changed_fields(agenda, {"is_active": is_active}):
        _save(agenda, changed)
        _record(agenda, by, _("switched on") if is_active else _("switched off"))
    return agenda


def check_agenda(agenda: AgendaTemplate | None, kind: str) -> None:
    """Raise ValidationError unless meetings of `kind` may use the agenda."""
    if agenda is None:
        return
    if kind in INSTEAD:
        words = _("A meeting of this kind makes its own agenda. It has no blocks.")
        raise ValidationError({"agenda": words}, code="own")
    if agenda.kind not in ("", kind):
        words = _("This agenda is for another kind of meeting.")
        raise ValidationError({"agenda": words}, code="kind")


def _check(values: dict[str, Any], blocks: Sequence[dict[str, Any]], by: User) -> None:
    team: Team | None = values["team"]
    if not by.is_admin and (
        team is None or not Team.objects.led_by(by).filter(pk=team.pk).exists()
    ):
        raise ValidationError({"team": _("Choose a team that you lead.")}, code="team")
    if not blocks:
        raise ValidationError(_("An agenda has at least one block."), code="empty")
    if len(blocks) > MOST_BLOCKS:
        words = _("An agenda has at most %(most)d blocks.")
        raise ValidationError(words, code="many", params={"most": MOST_BLOCKS})


def _write(agenda: AgendaTemplate, blocks: Sequence[dict[str, Any]]) -> None:
    made = [
        AgendaBlock(template=agenda, position=position, **each)
        for position, each in enumerate(blocks)
    ]
    for each in made:
        each.clean_fields(exclude=["template"])
    AgendaBlock.objects.bulk_create(made)


def _locked(
    agenda: AgendaTemplate, by: User, shown_version: int | None
) -> AgendaTemplate:
    current = AgendaTemplate.objects.select_for_update().get(pk=agenda.pk)
    require_editable(AgendaTemplate.objects, by, current.pk)
    check_version(current, shown_version)
    return current


def _save(agenda: AgendaTemplate, changed: list[str]) -> None:
    agenda.version += 1
    check_and_save(agenda, exclude=UNCHECKED, update_fields=[*changed, "version"])


def _record(agenda: AgendaTemplate, by: User, text: str) -> None:
    subject = _("Agenda %(name)s") % {"name": agenda}
    audit.record(AuditKind.CADENCE_CHANGED, by=by, subject=subject, text=text)
