"""What people send from the pages of an import, as values."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from pipeline.imports.models import FileKind, ImportRun
from pipeline.imports.selectors.setup import DELIMITER_NAMES, ENCODING_NAMES
from rhythm.web.numbers import whole_number


class ManyFiles(forms.ClearableFileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files. Also empty ones: the files page says that they are."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        if not listed:
            raise forms.ValidationError(self.error_messages["required"])
        return [super(ManyFilesField, self).clean(each, initial) for each in listed]


class UploadForm(forms.Form):
    """Several files, and the name of the system that they come from."""

    uploads = ManyFilesField(
        label=_("Files"),
        allow_empty_file=True,
        max_length=1000,
        widget=ManyFiles(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=_(
            "CSV or Excel. Choose all files of one export together: deals, accounts, "
            "contacts, products, people."
        ),
    )
    source = forms.SlugField(
        label=_("Where they come from"),
        max_length=60,
        initial="crm",
        help_text=_(
            "A short name for the system, such as salesforce. Use the same name next "
            "time, so that deals are found again and not doubled."
        ),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


def shown_version(data: Any) -> int | None:
    """Return the version that a form carried; None if it is no number."""
    return whole_number(data.get("version"))


def file_choices(run: ImportRun, data: Any) -> dict[int, dict[str, Any]]:
    """Return what the files page says of each file, by its id.

    Answers that the page does not offer are passed over.
    """
    found: dict[int, dict[str, Any]] = {}
    for file in run.files.all():
        offered = {
            "kind": FileKind.values,
            "encoding": ENCODING_NAMES,
            "delimiter": DELIMITER_NAMES,
            "sheet": file.sheets,
        }
        choice: dict[str, Any] = {
            name: value
            for name, values in offered.items()
            if (value := data.get(f"{name}-{file.pk}", "")) in values
        }
        choice["formats"] = {
            column["name"]: data[f"format-{file.pk}-{place}"]
            for place, column in enumerate(file.columns)
            if f"format-{file.pk}-{place}" in data
        }
        found[file.pk] = choice
    return found
