"""Two accounts or contacts turn out to be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from pipeline.opportunities.models import (
    Account,
    Contact,
    KeptApart,
    Opportunity,
    OpportunityContact,
)
from pipeline.opportunities.models.duplicates import DirectoryKind
from rhythm.people.access import require_editable
from rhythm.people.models import User
from rhythm.web.versions import Versioned, changed_fields, check_version

# What a person chooses of the two. Where it came from goes along by itself.
MERGED_FIELDS: Mapping[type[models.Model], tuple[str, ...]] = {
    Account: ("name", "website", "industry", "location", "parent"),
    Contact: ("name", "title", "email", "phone", "account"),
}
# How far up a chain of accounts that belong to each other is followed.
HIGHEST = 50

type Pointer = models.ForeignKey[Any, Any]


@transaction.atomic
def merge_into[R: (Account, Contact)](
    stays: R,
    gone: R,
    values: Mapping[str, Any],
    *,
    by: User,
    shown: Mapping[int, int],
) -> R:
    """Give all that hangs on `gone` to `stays`, and return that one.

    values are the chosen ones of MERGED_FIELDS; shown are the versions that the person
    saw, by id. Records of all apps that point at `gone` point at `stays` then; where
    both have a part in the same deal or activity, one part is left. `gone` is kept for
    history and imports and shows no more; if only it has an id in a CRM, `stays` takes
    that over.

    The values are those of one of the two, so nothing checks them again.

    Raises Conflict, ValidationError if both are the same, and what `require_editable`
    raises.
    """
    if stays.pk == gone.pk:
        raise ValidationError(_("Choose another one."))
    model = type(stays)
    _hold_deals(model, (stays.pk, gone.pk))
    locked = {
        each.pk: each
        for each in model._default_manager.select_for_update(of=("self",))
        .filter(pk__in=(stays.pk, gone.pk))
        .order_by("pk")
    }
    for pk, record in sorted(locked.items()):
        require_editable(model.objects, by, pk)
        check_version(record, shown.get(pk, 0))
    stays, gone = locked[stays.pk], locked[gone.pk]
    with pghistory.context(merged=gone.pk):
        _keep_roles(stays, gone)
        for field in pointers(model):
            _repoint(field, stays, gone)
        _keep_apart(stays, gone)
        _take_identity(stays, gone)
        _set(stays, gone, values)
        model._default_manager.filter(merged_into=gone).update(merged_into=stays)
    return stays


def _hold_deals(model: type[models.Model], ids: tuple[int, int]) -> None:
    """Lock the deals first, as whoever edits one does before its account."""
    deals = Opportunity.objects.select_for_update().order_by("pk")
    if model is Account:
        deals = deals.filter(account__in=ids)
    else:
        parts = OpportunityContact.objects.filter(contact__in=ids)
        deals = deals.filter(pk__in=parts.values("opportunity"))
    list(deals.values_list("pk"))


def pointers(model: type[models.Model]) -> Iterator[Pointer]:
    """Yield every field of any app that points at records of `model`.

    Without history, which says what was, and without `merged_into`.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        field = relation.field
        is_history = any(each.name == "pgh_id" for each in field.model._meta.fields)
        if not is_history and field.name != "merged_into":
            yield field


def _repoint(field: Pointer, stays: models.Model, gone: models.Model) -> None:
    records = field.model._base_manager.filter(**{field.name: gone})
    if field.model is type(stays):
        # Its own parent is settled with the other values.
        records = records.exclude(pk=stays.pk)
    for other in _once_with(field):
        theirs = field.model._base_manager.filter(**{field.name: stays})
        records.filter(**{f"{other}__in": theirs.values(other)}).delete()
    values: dict[str, Any] = {field.name: stays}
    if issubclass(field.model, Versioned):
        values["version"] = F("version") + 1
    records.update(**values)


def _once_with(field: Pointer) -> Iterator[str]:
    """Yield the other fields of pairs that the field's model has only once."""
    unique = [
        *field.model._meta.unique_together,
        *(each.fields for each in field.model._meta.total_unique_constraints),
    ]
    for names in unique:
        others = [name for name in names if name != field.name]
        if len(others) == 1 and len(names) == 2:
            yield others[0]


def _keep_roles(stays: models.Model, gone: models.Model) -> None:
    """Let the part that is left in a deal keep the role that only the other one had."""
    if not (isinstance(stays, Contact) and isinstance(gone, Contact)):
        return
    parts = OpportunityContact.objects.filter(contact=gone).exclude(role="")
    roles = dict(parts.values_list("opportunity", "role"))
    for part in OpportunityContact.objects.filter(
        contact=stays, role="", opportunity__in=roles
    ):
        part.role = roles[part.opportunity_id]
        part.version += 1
        part.save(update_fields=["role", "version"])


def _take_identity[R: (Account, Contact)](stays: R, gone: R) -> None:
    """Move the id in a CRM to the one that stays, if that has none. Saves `gone`."""
    if not stays.external_id and gone.external_id:
        stays.source, stays.external_id = gone.source, gone.external_id
        stays.external_url = stays.external_url or gone.external_url
        gone.source = gone.external_id = ""
    gone.merged_into = stays
    gone.version += 1
    gone.save(update_fields=["source", "external_id", "merged_into", "version"])


def _set[R: (Account, Contact)](stays: R, gone: R, values: Mapping[str, Any]) -> None:
    wanted = {name: values[name] for name in MERGED_FIELDS[type(stays)]}
    if isinstance(stays, Account) and isinstance(gone, Account):
        parent = wanted.pop("parent")
        parent = gone.parent if parent == gone else parent
        wanted["parent_id"] = _above(stays, gone, parent.pk if parent else None)
    changed_fields(stays, wanted)
    stays.version += 1
    stays.save()


def _above(
    stays: models.Model, gone: models.Model, parent_id: int | None
) -> int | None:
    """Return the account that `stays` may belong to: not itself, nor one below it."""
    seen: set[int] = set()
    above = parent_id
    while above is not None and len(seen) < HIGHEST:
        if above in (stays.pk, gone.pk) or above in seen:
            return None
        seen.add(above)
        above = Account.objects.filter(pk=above).values_list("parent", flat=True).get()
    return parent_id


# -- Not duplicates ---------------------------------------------------------------
def keep_apart(
    kind: DirectoryKind, one: int, other: int, *, by: User, now: datetime
) -> None:
    """Remember that two records are not duplicates. Said twice, it is said once."""
    KeptApart.objects.get_or_create(
        kind=kind,
        low_id=min(one, other),
        high_id=max(one, other),
        defaults={"by": by, "said_at": now},
    )


def _keep_apart(stays: models.Model, gone: models.Model) -> None:
    """Let what was said of `gone` hold for `stays`."""
    kind = (
        DirectoryKind.ACCOUNTS if isinstance(stays, Account) else DirectoryKind.CONTACTS
    )
    said = KeptApart.objects.filter(kind=kind)
    said = said.filter(Q(low_id=gone.pk) | Q(high_id=gone.pk))
    pairs = []
    for each in said:
        other = each.high_id if each.low_id == gone.pk else each.low_id
        if other != stays.pk:
            low, high = sorted((other, stays.pk))
            pairs.append(
                KeptApart(
                    kind=kind,
                    low_id=low,
                    high_id=high,
                    by_id=each.by_id,
                    said_at=each.said_at,
                )
            )
    KeptApart.objects.bulk_create(pairs, ignore_conflicts=True)
    said.delete()
