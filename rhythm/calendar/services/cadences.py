"""Changes to the rules that call meetings."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar import recurrence
from rhythm.calendar.models import Cadence, Reach
from rhythm.calendar.services.agendas import check_agenda
from rhythm.people.access import require_editable
from rhythm.people.models import AuditKind, Team, User
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version

# What a person says of a cadence.
SAID = (
    *("kind", "title", "scope", "reach", "team", "is_mandatory", "rule", "at"),
    *("time_zone", "minutes", "off_days", "first_on", "last_on", "chair"),
    *("is_async", "agenda", "prepare_hours", "preread_hours", "remind_minutes"),
)
UNCHECKED = ("submission_key", "created_by")
# That its meetings are to be looked at again, as if none had been made yet: what fell
# due before is not called afterwards by a rule that is new.
ANEW = {"plan_at": None, "planned_through": None}


@transaction.atomic
def make_cadence(
    values: dict[str, Any], *, by: User, submission_key: UUID | None = None
) -> Cadence:
    """Return a new cadence; its meetings come with the next tick.

    values are those of SAID. The same form sent twice makes one.

    Raises ValidationError for a rule that never falls, a team that `by` does not lead,
    or what is mandatory for nobody.
    """
    _check(values, by)
    cadence = Cadence(**values, created_by=by, submission_key=submission_key)
    cadence, is_new = save_once(cadence, submission_key, exclude=UNCHECKED)
    if is_new:
        _record(cadence, by, _("made"))
    return cadence


@transaction.atomic
def edit_cadence(
    cadence: Cadence, values: dict[str, Any], *, by: User, shown_version: int | None
) -> Cadence:
    """Change a cadence. What was held stays; what is ahead is replaced by the tick.

    Raises Conflict, PermissionDenied, and ValidationError as `make_cadence`.
    """
    cadence = _locked(cadence, by, shown_version)
    _check(values, by)
    before = audit.values_of(cadence, values)
    if not (changed := changed_fields(cadence, values)):
        return cadence
    _save(cadence, changed)
    _record(cadence, by, audit.changes(cadence, before))
    return cadence


def pause_cadence(cadence: Cadence, *, by: User, shown_version: int | None) -> Cadence:
    """Let it call nothing for now. What is ahead is called off at the next tick."""
    return edit_cadence(
        cadence, {"is_active": False}, by=by, shown_version=shown_version
    )


def resume_cadence(cadence: Cadence, *, by: User, shown_version: int | None) -> Cadence:
    """Let it call meetings again, from now on."""
    return edit_cadence(
        cadence, {"is_active": True}, by=by, shown_version=shown_version
    )


def end_cadence(
    cadence: Cadence, *, on: date, by: User, shown_version: int | None
) -> Cadence:
    """Let it fall on `on` for the last time. What is ahead after that is called off.

    One that has not begun yet is paused: it never falls, unless it is resumed.
    """
    if on < cadence.first_on:
        return pause_cadence(cadence, by=by, shown_version=shown_version)
    return edit_cadence(cadence, {"last_on": on}, by=by, shown_version=shown_version)


def check_rule(text: str) -> None:
    """Raise ValidationError unless the text is a rule that falls on some day."""
    try:
        recurrence.check(text)
    except ValueError as wrong:
        raise ValidationError(str(wrong), code="rule") from wrong


def _check(values: dict[str, Any], by: User) -> None:
    if "rule" in values:
        check_rule(values["rule"])
    if "kind" in values:
        check_agenda(values.get("agenda"), values["kind"])
    if "team" in values:
        _check_team(values["team"], by)
        if values["team"] is None and values["reach"] != Reach.BELOW:
            raise ValidationError(_("Without a team it is for every team."))
    if values.get("is_mandatory") and values["reach"] != Reach.BELOW:
        raise ValidationError(
            _("Only what teams below have, too, can be mandatory."), code="mandatory"
        )
    last_on = values.get("last_on")
    if last_on and "first_on" in values and last_on < values["first_on"]:
        raise ValidationError(_("It ends before it begins."), code="dates")


def _check_team(team: Team | None, by: User) -> None:
    if by.is_admin:
        return
    if team is None or not Team.objects.led_by(by).filter(pk=team.pk).exists():
        raise ValidationError(_("Choose a team that you lead."), code="team")


def _locked(cadence: Cadence, by: User, shown_version: int | None) -> Cadence:
    current = Cadence.objects.select_for_update().get(pk=cadence.pk)
    require_editable(Cadence.objects, by, current.pk)
    check_version(current, shown_version)
    return current


def _save(cadence: Cadence, changed: list[str]) -> None:
    for name, value in ANEW.items():
        setattr(cadence, name, value)
    cadence.version += 1
    check_and_save(
        cadence,
        exclude=UNCHECKED,
        update_fields=[*changed, *ANEW, "version"],
    )


def _record(cadence: Cadence, by: User, text: str) -> None:
    subject = f"{cadence}, {cadence.team or _('every team')}"
    audit.record(AuditKind.CADENCE_CHANGED, by=by, subject=subject, text=text)
