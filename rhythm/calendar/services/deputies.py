"""Who chairs instead of a leader, from a day to a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar.models import Deputyship
from rhythm.people.access import require_editable
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.web.saving import save_once


@transaction.atomic
def name_deputy(
    leader: User,
    deputy: User,
    *,
    first_on: date,
    last_on: date,
    by: User,
    today: date,
    submission_key: UUID | None = None,
) -> Deputyship:
    """Let `deputy` chair the meetings of `leader`, both days included.

    What is planned follows at the next tick, and goes back when it is removed. The same
    form sent twice makes one.

    Raises PermissionDenied unless it is the own chair, or that of somebody `by` leads;
    and ValidationError for days that overlap or are over at `today`, or who cannot sign
    in. An admin names others, and not themselves: the chair opens 1:1s.
    """
    if not (by == leader or by.is_admin or by.leads(leader)):
        raise PermissionDenied
    User.objects.get_queryset().select_for_update().get(pk=leader.pk)
    twin = Deputyship.objects.filter(submission_key=submission_key).first()
    if submission_key and twin:
        return twin
    _check(leader, deputy, first_on, last_on)
    if deputy == by and not by.leads(leader):
        text = _("Let %(leader)s name you, or who leads them.") % {"leader": leader}
        raise ValidationError({"deputy": text})
    if last_on < today:
        raise ValidationError({"last_on": _("These days are over.")})
    made, is_new = save_once(
        Deputyship(
            leader=leader,
            deputy=deputy,
            first_on=first_on,
            last_on=last_on,
            submission_key=submission_key,
        ),
        submission_key,
        exclude=["submission_key"],
    )
    if is_new:
        _record(made, by, _("%(deputy)s, %(first)s – %(last)s"))
    return made


@transaction.atomic
def remove_deputy(deputyship: Deputyship, *, by: User) -> None:
    """Give the chair back to the leader. Of what was held, nothing changes."""
    current = (
        Deputyship.objects.select_for_update(of=("self",))
        .select_related("leader", "deputy")
        .filter(pk=deputyship.pk)
        .first()
    )
    if current is None:
        return
    require_editable(Deputyship.objects, by, current.pk)
    _record(current, by, _("removed: %(deputy)s, %(first)s – %(last)s"))
    current.delete()


def _check(leader: User, deputy: User, first_on: date, last_on: date) -> None:
    if leader == deputy:
        raise ValidationError({"deputy": _("Nobody stands in for themselves.")})
    if not (deputy.is_active and deputy.email):
        raise ValidationError(
            {"deputy": _("%(name)s cannot sign in.") % {"name": deputy}}
        )
    if last_on < first_on:
        raise ValidationError({"last_on": _("It ends before it begins.")})
    others = Deputyship.objects.filter(
        leader=leader, first_on__lte=last_on, last_on__gte=first_on
    )
    if others.exists():
        raise ValidationError(
            _("Somebody stands in on some of these days already."), code="overlap"
        )


def _record(deputyship: Deputyship, by: User, words: str) -> None:
    text = words % {
        "deputy": deputyship.deputy,
        "first": deputyship.first_on,
        "last": deputyship.last_on,
    }
    audit.record(AuditKind.DEPUTY_CHANGED, by=by, about=deputyship.leader, text=text)
