"""Which column goes to which field, as the columns page says it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pipeline.imports.fields import fields_of, label_of
from pipeline.imports.guessing import map_columns
from pipeline.imports.models import ImportRun
from pipeline.imports.presets import PRESETS
from rhythm.web.numbers import whole_number

type Mappings = dict[int, dict[str, str]]


def chosen_columns(run: ImportRun, data: Any) -> tuple[Mappings, dict[int, list[str]]]:
    """Return the mappings and the key columns by file.

    Raises ValidationError when two columns of a file go to the same field.
    """
    mappings: Mappings = {}
    keys: dict[int, list[str]] = {}
    problems = []
    for file in run.files.taken():
        known = {field.name for field in fields_of(file.kind)}
        mapping: dict[str, str] = {}
        for place, column in enumerate(file.columns):
            name = data.get(f"field-{file.pk}-{place}", "")
            if name not in known:
                continue
            if name in mapping:
                problems.append(
                    _("%(file)s: %(one)s and %(other)s both go to “%(field)s”.")
                    % {
                        "file": file.name,
                        "one": mapping[name],
                        "other": column["name"],
                        "field": label_of(file.kind, name),
                    }
                )
            mapping[name] = column["name"]
        mappings[file.pk] = mapping
        chosen = set(data.getlist(f"key-{file.pk}"))
        keys[file.pk] = [
            column["name"]
            for place, column in enumerate(file.columns)
            if str(place) in chosen
        ]
    if problems:
        raise ValidationError(problems)
    return mappings, keys


def preset_columns(run: ImportRun, wanted: str) -> Mappings:
    """Return the mapping of one file by a preset. `wanted` is "file id:preset"."""
    pk, _colon, preset = wanted.partition(":")
    file = run.files.taken().filter(pk=whole_number(pk) or 0).first()
    if file is None or preset not in PRESETS:
        return {}
    names = [column["name"] for column in file.columns]
    return {file.pk: map_columns(file.kind, preset, names)}
