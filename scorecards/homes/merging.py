"""Two records turn out to be one: people of an import, accounts, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pipeline.imports.followed import follow_person, follow_record
from pipeline.opportunities import services as opportunities
from pipeline.opportunities.models import Account, Contact
from rhythm.people import services as people
from rhythm.people.models import AuditKind, Membership, Team, User
from rhythm.web.versions import Versioned

# Whose records say who they belong to, or who did them. What is said of accounts, such
# as the audit log and invitations, stays with the account.
APPS = (
    "opportunities",
    "activities",
    "comments",
    "accounts",
    "commitments",
    "reviews",
    "calendar",
)


@transaction.atomic
def merge(gone: User, into: User, *, by: User, now: datetime) -> User:
    """Give everything of `gone` to `into`, deactivate it, and return `into`.

    Deals, open and closed, activities and commitments move, and the team unless `into`
    has one; history keeps what was. Files that name `gone` mean `into` from then on.

    Raises ValidationError if `gone` ever signed in or may, or `into` is not active.
    """
    locked = {
        each.pk: each
        for each in User.objects.select_for_update()
        .filter(pk__in=(gone.pk, into.pk))
        .order_by("pk")
    }
    gone, into = locked[gone.pk], locked[into.pk]
    _check(gone, into)
    moved = sum(_give(field, gone, into) for field in _fields())
    Team.objects.filter(manager=gone).update(manager=into)
    _move_team(gone, into, now)
    follow_person(gone, into)
    User.objects.get_queryset().filter(merged_into=gone).update(merged_into=into)
    gone.is_active, gone.merged_into = False, into
    gone.version += 1
    gone.save(update_fields=["is_active", "merged_into", "version"])
    people.audit.record(
        AuditKind.MERGED,
        by=by,
        about=into,
        subject=gone.name,
        text=_("%(count)s records moved") % {"count": moved},
    )
    return into


def _check(gone: User, into: User) -> None:
    if gone == into:
        raise ValidationError({"into": _("Choose somebody else.")})
    if gone.email or gone.last_login is not None or gone.merged_into_id:
        raise ValidationError(
            _("Only somebody without sign-in can turn out to be somebody else.")
        )
    if not into.is_active:
        raise ValidationError({"into": _("This person is not active.")})


def _fields() -> list[models.ForeignKey[Any, Any]]:
    """Return the fields that say whose a record is, or who did it."""
    return [
        field
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if not any(each.name == "pgh_id" for each in model._meta.fields)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is User
    ]


def _give(field: models.ForeignKey[Any, Any], gone: User, into: User) -> int:
    """Let the records name `into`; return how many there were."""
    records = field.model._base_manager.filter(**{field.name: gone})
    values: dict[str, Any] = {field.name: into}
    if issubclass(field.model, Versioned):
        values["version"] = F("version") + 1
    try:
        with transaction.atomic():
            return records.update(**values)
    except IntegrityError as error:
        raise ValidationError(
            _("Both have a part in the same record: %(what)s."),
            params={"what": field.model._meta.verbose_name},
        ) from error


def _move_team(gone: User, into: User, now: datetime) -> None:
    today = into.today(now)
    present = Membership.objects.present().filter(user=gone).first()
    has_team = Membership.objects.present().filter(user=into).exists()
    people.place(gone, None, on=today)
    if present is not None and not has_team and present.team.manager_id != into.pk:
        people.place(into, present.team, on=today)


@transaction.atomic
def merge_records[R: (Account, Contact)](
    stays: R, gone: R, values: Mapping[str, Any], *, by: User, shown: Mapping[int, int]
) -> R:
    """Merge two accounts or contacts, also in what imports remember of them.

    See `merge_into` for what comes in, moves and is raised.
    """
    into = opportunities.merge_into(stays, gone, values, by=by, shown=shown)
    kind = "accounts" if isinstance(into, Account) else "contacts"
    follow_record(kind, gone.pk, into.pk)
    people.audit.record(
        AuditKind.RECORDS_MERGED, by=by, subject=gone.name, text=f"→ {into.name}"
    )
    return into
