"""The kinds of activity, as the admin wants them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from pipeline.activities.models import ActivityKind
from pipeline.activities.starter import STARTER_KINDS
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def create_starter_kinds() -> list[ActivityKind]:
    """Make the kinds of a new installation that are not there yet; return all kinds."""
    ActivityKind.objects.bulk_create(
        [
            ActivityKind(name=name, icon=icon, position=position)
            for position, (name, icon) in enumerate(STARTER_KINDS)
        ],
        ignore_conflicts=True,
    )
    return list(ActivityKind.objects.all())


@transaction.atomic
def create_kind(
    *, name: str, icon: str, submission_key: UUID | None = None
) -> ActivityKind:
    """Return a new kind, last in the order, or the one that the same form made before.

    Raises ValidationError for a taken name.
    """
    last = ActivityKind.objects.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    kind = ActivityKind(
        name=name.strip(), icon=icon, position=position, submission_key=submission_key
    )
    return save_once(kind, submission_key, exclude=())[0]


@transaction.atomic
def edit_kind(
    kind: ActivityKind, *, name: str, icon: str, shown_version: int | None
) -> ActivityKind:
    """Rename it or change its icon; what was logged as it shows the new name.

    Raises Conflict, and ValidationError for a name that is taken.
    """
    kind = _locked(kind)
    check_version(kind, shown_version)
    if changed := changed_fields(kind, {"name": name.strip(), "icon": icon}):
        kind.version += 1
        check_and_save(kind, update_fields=[*changed, "version"])
    return kind


@transaction.atomic
def offer_kind(kind: ActivityKind, *, is_active: bool) -> ActivityKind:
    """Offer it for logging, or hide it. What was logged keeps it."""
    kind = _locked(kind)
    if kind.is_active != is_active:
        kind.is_active = is_active
        kind.version += 1
        kind.save(update_fields=["is_active", "version"])
    return kind


@transaction.atomic
def order_kinds(wanted: Sequence[int]) -> None:
    """Put the kinds in the order of the `wanted` ids; others follow as they were."""
    kinds = list(ActivityKind.objects.select_for_update().order_by("position", "pk"))
    places = {pk: place for place, pk in enumerate(wanted)}
    kinds.sort(key=lambda kind: places.get(kind.pk, len(places)))
    for position, kind in enumerate(kinds):
        kind.position = position
    ActivityKind.objects.bulk_update(kinds, ["position"])


def _locked(kind: ActivityKind) -> ActivityKind:
    return ActivityKind.objects.select_for_update().get(pk=kind.pk)
