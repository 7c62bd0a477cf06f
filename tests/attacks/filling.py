"""Writes payloads into every text of every record there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tests.attacks.payloads import PAYLOADS
from tests.leaks.canaries import OURS

# What programs write for themselves, and nobody can type: keys, states, formats.
PROGRAMS_OWN = {
    "people.Organisation": {"currency", "time_zone"},
    "people.User": {"password", "time_zone", "external_id"},
    "people.Invitation": {"token_sha256"},
    # Cannot be changed. What is typed gets there by the services, as elsewhere.
    "people.AuditEntry": {"kind", "subject", "text"},
    "ticks.Tick": {"failed"},
    "notices.Notice": {
        *("kind", "key", "message_id", "html", "calendar", "guard", "url"),
    },
    "notices.Channel": {
        *("occasions", "locked_address", "locked_secret", "locked_old_secret"),
    },
    "calendar.Cadence": {"rule", "time_zone"},
    "calendar.CadenceVariant": {"rule"},
    "calendar.Planning": {"seen"},
    "calendar.Meeting": {"time_zone"},
    "calendar.WorkingCalendar": {"time_zone", "region"},
    "meetings.CalendarFeed": {"token_sha256"},
    "meetings.Invitation": {"name_sha256"},
    "commitments.Commitment": {"about_url"},
    "activities.ActivityKind": {"icon"},
    "opportunities.Source": {"owned"},
    "imports.ImportFile": {"sha256", "form", "encoding", "delimiter", "preset"},
    "imports.ImportRow": {"name_key", "key"},
}
ANY_RECORD = {"source", "external_id", "submission_key"}
# Lists of texts that people typed.
LISTS = {
    "imports.ImportFile": {"notes"},
    "imports.ImportRow": {"reasons", "cells"},
}


def models_of_ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        is_history = hasattr(model, "pgh_obj")
        if model.__module__.startswith(OURS) and not is_history:
            yield model


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """Return the fields that hold what somebody typed."""
    own = PROGRAMS_OWN.get(model._meta.label, set()) | ANY_RECORD
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField)
        and not each.choices
        and each.name not in own
    ]


class Filler:
    """Takes one payload after the other, so that each field meets many of them."""

    def __init__(self) -> None:
        self.next = itertools.cycle(PAYLOADS)
        self.number = 0

    def fill_all(self) -> None:
        """Write into every record; a text that is empty by rule stays so."""
        for model in models_of_ours():
            if fields := texts_of(model):
                for record in model._base_manager.all():
                    self._fill(record, fields)

    def _fill(self, record: models.Model, fields: list[models.Field]) -> None:
        values = {}
        for field in fields:
            if getattr(record, field.name) or not self._may_stay_empty(record, field):
                values[field.name] = self.text(field.max_length)
        for name in LISTS.get(record._meta.label, ()):
            values[name] = [self.text(200) for _each in range(3)]
        own = PROGRAMS_OWN.get(record._meta.label, set())
        for field in record._meta.concrete_fields:
            if field.name in own or not isinstance(field, ArrayField):
                continue
            if field.base_field.max_length:
                values[field.name] = [self.text(field.base_field.max_length)]
        type(record)._base_manager.filter(pk=record.pk).update(**values)

    @staticmethod
    def _may_stay_empty(record: models.Model, field: models.Field) -> bool:
        """Return whether a rule of the database ties the text to another field."""
        rules = " ".join(
            str(rule.condition)
            for rule in record._meta.constraints
            if isinstance(rule, models.CheckConstraint)
        )
        return f"'{field.name}" in rules

    def text(self, longest: int | None) -> str:
        """Return payloads that fit: one in a short field, many in a long one."""
        longest = longest or 2000
        self.number += 1
        # Names are unique in places, and what is shown may be cut off at its end.
        text = next(self.next)
        while len(text) + 6 > longest:
            text = next(self.next) if longest > 40 else text[: longest - 6]
        while len(text) < longest - 100 and len(text) < 1000:
            text += f" {next(self.next)}"
        return f"{text[: longest - 6]} {self.number}"
