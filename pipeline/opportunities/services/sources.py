"""What a CRM beside us keeps for itself, and until when its data are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity, Source
from pipeline.opportunities.models.sources import KEPT_FIELDS
from rhythm.web.saving import check_and_save
from rhythm.web.versions import check_version


def refuse_owned(opportunity: Opportunity, names: Collection[str]) -> None:
    """Raise ValidationError naming those of the fields that the deal's CRM keeps.

    The code is "owned". Costs a query for deals that came from somewhere.
    """
    if not names or not opportunity.source:
        return
    source = Source.objects.filter(name=opportunity.source).first()
    kept = [name for name in names if source and name in source.owned]
    if kept:
        message = _("Kept in %(crm)s: change it there.") % {"crm": source}
        raise ValidationError(
            {name: ValidationError(message, code="owned") for name in kept}
        )


def refuse_owned_stage(opportunity: Opportunity) -> None:
    """Raise ValidationError (code "owned") if the deal's CRM keeps its stage."""
    try:
        refuse_owned(opportunity, ["stage"])
    except ValidationError as error:
        raise ValidationError(error.messages, code="owned") from error


def note_import(name: str, as_of: datetime) -> None:
    """Remember until when the data of a source are known; a source that is new."""
    Source.objects.get_or_create(name=name, defaults={"title": _title(name)})
    Source.objects.filter(name=name).update(as_of=Greatest("as_of", as_of))


def _title(name: str) -> str:
    return {"hubspot": "HubSpot", "crm": "CRM"}.get(name, name.title())


@transaction.atomic
def edit_source(
    source: Source, *, title: str, owned: Iterable[str], shown_version: int | None
) -> Source:
    """Change what a source is called, and which fields of its deals it keeps.

    Raises Conflict, and ValidationError if a value is refused.
    """
    current = Source.objects.select_for_update().get(pk=source.pk)
    check_version(current, shown_version)
    chosen = set(owned)
    current.title = title.strip()
    current.owned = [name for name in KEPT_FIELDS if name in chosen]
    current.version += 1
    check_and_save(current, update_fields=["title", "owned", "version"])
    return current
