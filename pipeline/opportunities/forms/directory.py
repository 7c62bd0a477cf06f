"""Accounts, contacts and products."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Account, Contact, Product
from rhythm.web.forms import RecordForm


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
