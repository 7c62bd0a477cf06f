"""The event tables that `rhythm.web.history.tracked` keeps beside the models."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models


def events_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return all events of a tracked model, oldest first within each record."""
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    events: models.QuerySet[Any] = event._default_manager.all()
    return events.order_by("pgh_obj_id", "pgh_created_at", "pgh_id")
