"""The event tables that `rhythm.web.history.tracked` keeps beside the models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, JSONObject

from pipeline.opportunities.models import Opportunity

Row = dict[str, Any]
Fields = Mapping[type[models.Model], Sequence[str]]
Lives = dict[type[models.Model], list[list[Row]]]


def events_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return all events of a tracked model, oldest first within each record."""
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    events: models.QuerySet[Any] = event._default_manager.all()
    return events.order_by("pgh_obj_id", "pgh_created_at", "pgh_id")


def lives_of(deals: Iterable[int], since: datetime | None, fields: Fields) -> Lives:
    """Return the values that the deals and their parts had, by model and record.

    fields names the values by model. The rows of a record stand oldest first; each says
    when it was replaced (`replaced_at`) and in which `context`. Of a part, the present
    row (`replaced_at` None) comes last, unless it is gone. Of a deal, only what was
    replaced after `since` (None: all); the caller has the present one.

    One statement for all of it: the union of the event tables and the parts' own.
    """
    ids = list(deals)
    rows: list[models.QuerySet[Any]] = []
    for model, names in fields.items():
        if model is Opportunity:
            events = events_of(model).filter(pgh_obj_id__in=ids)
            if since is not None:
                events = events.filter(pgh_created_at__gt=since)
        else:
            of_deals = {"opportunity_id__in": ids}
            parts = model._default_manager.filter(**of_deals)
            rows.append(present(model, parts, names))
            events = events_of(model).filter(**of_deals)
        rows.append(replaced(model, events, names))
    return united(rows, fields)


def united(rows: Sequence[models.QuerySet[Any]], fields: Fields) -> Lives:
    """Return what `replaced` and `present` say of many models, as lives. One query."""
    every = rows[0].union(*rows[1:], all=True).order_by()
    found: Lives = {model: [] for model in fields}
    by_label = {model._meta.label: model for model in fields}
    ordered = sorted(every, key=_place)
    for (label, _record), group in groupby(ordered, key=lambda row: row[:2]):
        model = by_label[label]
        found[model].append([_typed(model, each) for each in group])
    return found


def _place(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sort by record, oldest first; the present row, of which there is one, last."""
    label, record, at, number, *_rest = row
    return label, record, at is None, at, number


COLUMNS = ("label", "record", "at", "number", "context", "row")


def replaced(
    model: type[models.Model], events: models.QuerySet[Any], names: Sequence[str]
) -> models.QuerySet[Any]:
    """Return what the events of a model replaced, to be united with others."""
    rows: models.QuerySet[Any] = (
        events.order_by()
        .annotate(
            label=Value(model._meta.label, models.TextField()),
            record=F("pgh_obj_id"),
            at=F("pgh_created_at"),
            number=F("pgh_id"),
            context=F("pgh_context"),
            row=_as_json(model, names),
        )
        .values_list(*COLUMNS)
    )
    return rows


def present(
    model: type[models.Model], records: models.QuerySet[Any], names: Sequence[str]
) -> models.QuerySet[Any]:
    """Return the records as they are now, in the columns of `replaced`."""
    rows: models.QuerySet[Any] = (
        records.order_by()
        .annotate(
            label=Value(model._meta.label, models.TextField()),
            record=F("pk"),
            at=Cast(Value(None), models.DateTimeField()),
            number=Value(0),
            context=Cast(Value(None), models.JSONField()),
            row=_as_json(model, names),
        )
        .values_list(*COLUMNS)
    )
    return rows


def _as_json(model: type[models.Model], names: Sequence[str]) -> JSONObject:
    """Return the values as one column; amounts as text, so that no digit is lost."""
    fields = {name: model._meta.get_field(name) for name in names}
    return JSONObject(
        **{
            name: Cast(name, models.TextField())
            if isinstance(field, models.DecimalField)
            else name
            for name, field in fields.items()
        }
    )


def _typed(model: type[models.Model], row: tuple[Any, ...]) -> Row:
    """Return the values of a row as the model's own fields read them."""
    _label, _record, at, _number, context, values = row
    typed = {
        name: model._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
        for name, value in values.items()
    }
    return typed | {"replaced_at": at, "context": context}
