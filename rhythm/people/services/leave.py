"""Leave: when people are away. Not why."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.people.access import require_editable
from rhythm.people.models import AuditKind, User
from rhythm.people.models.leave import Leave
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version

# Both days included. Beyond these, a year was mistyped rather than meant.
LONGEST = timedelta(days=366)
FARTHEST_AHEAD = timedelta(days=2 * 366)
FARTHEST_BACK = timedelta(days=10 * 366)


@transaction.atomic
def enter_leave(
    user: User,
    *,
    first_on: date,
    last_on: date,
    by: User,
    today: date,
    submission_key: UUID | None = None,
) -> Leave:
    """Return new leave of `user`, both days included. The same form makes one.

    Raises PermissionDenied unless it is the own one, or `by` leads them; and
    ValidationError if it ends before it begins, overlaps another one, lasts longer than
    a year, or begins more than two years after `today` or ten before it.
    """
    if not (by == user or by.is_admin or by.leads(user)):
        raise PermissionDenied
    # Two at once wait for each other, so that none overlaps.
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    leave = Leave(
        user=user, first_on=first_on, last_on=last_on, submission_key=submission_key
    )
    twin = Leave.objects.filter(submission_key=submission_key).first()
    if submission_key and twin:
        return twin
    _check(leave, today)
    leave, is_new = save_once(leave, submission_key, exclude=["submission_key"])
    if is_new:
        _record(leave, by, _days(leave))
    return leave


@transaction.atomic
def edit_leave(
    leave: Leave,
    *,
    first_on: date,
    last_on: date,
    by: User,
    today: date,
    shown_version: int | None,
) -> Leave:
    """Give leave other days. Raises Conflict, and what `enter_leave` raises."""
    leave = _locked(leave, by, shown_version)
    values = {"first_on": first_on, "last_on": last_on}
    if changed := changed_fields(leave, values):
        _check(leave, today)
        leave.version += 1
        check_and_save(
            leave, exclude=["submission_key"], update_fields=[*changed, "version"]
        )
        _record(leave, by, _days(leave))
    return leave


@transaction.atomic
def remove_leave(leave: Leave, *, by: User, shown_version: int | None) -> None:
    """Take leave back: the person is here on these days."""
    leave = _locked(leave, by, shown_version)
    _record(leave, by, _("removed: %(days)s") % {"days": _days(leave)})
    leave.delete()


def _check(leave: Leave, today: date) -> None:
    if leave.last_on < leave.first_on:
        raise ValidationError({"last_on": _("It ends before it begins.")})
    if leave.first_on > today + FARTHEST_AHEAD:
        message = _("That is more than two years ahead. Is the year right?")
        raise ValidationError({"first_on": message})
    if leave.first_on < today - FARTHEST_BACK:
        message = _("That is more than ten years ago. Is the year right?")
        raise ValidationError({"first_on": message})
    if leave.last_on - leave.first_on >= LONGEST:
        message = _(
            "That is longer than a year. Is the year right? If it is, enter a year at "
            "most, and what follows as leave of its own."
        )
        raise ValidationError({"last_on": message})
    others = Leave.objects.filter(
        user=leave.user, first_on__lte=leave.last_on, last_on__gte=leave.first_on
    )
    if others.exclude(pk=leave.pk).exists():
        raise ValidationError(
            _("%(name)s is away on some of these days already."),
            params={"name": leave.user},
            code="overlap",
        )


def _locked(leave: Leave, by: User, shown_version: int | None) -> Leave:
    User.objects.get_queryset().select_for_update().get(pk=leave.user_id)
    current = Leave.objects.select_related("user").get(pk=leave.pk)
    require_editable(Leave.objects, by, current.pk)
    check_version(current, shown_version)
    return current


def _days(leave: Leave) -> str:
    return f"{leave.first_on} – {leave.last_on}"


def _record(leave: Leave, by: User, text: str) -> None:
    audit.record(AuditKind.LEAVE_CHANGED, by=by, about=leave.user, text=text)
