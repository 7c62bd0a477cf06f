"""Accounts, contacts and products."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Account, Contact, Product
from rhythm.web.forms import version_field


class RecordForm(forms.ModelForm):
    """Makes or edits a record through a service, never by saving itself."""

    version = version_field()
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        self.initial["submission_key"] = uuid4()

    def values(self) -> dict[str, Any]:
        """Return what the form's own fields say."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def _post_clean(self) -> None:
        """Leave the instance as it is: the service checks and saves."""


class AccountForm(RecordForm):
    class Meta:
        model = Account
        fields = ("name", "website", "industry", "location", "external_url")
        field_classes = {"website": forms.URLField, "external_url": forms.URLField}


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = ("name", "title", "email", "phone", "external_url")


class ProductForm(RecordForm):
    class Meta:
        model = Product
        fields = ("name", "series", "list_price", "is_active")
        labels = {"is_active": _("Offered for new deals")}
