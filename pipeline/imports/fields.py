"""The fields that a column can go to, by kind of file, in words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pipeline.imports.models import FileKind

type Text = str | Promise

TEXT, DATE, NUMBER, LIST, FLAG = "text", "date", "number", "list", "flag"


@dataclass(frozen=True)
class Field:
    """One field. form says how its values are written."""

    name: str
    label: Text
    form: str = TEXT


FIELDS: dict[str, Sequence[Field]] = {
    FileKind.OPPORTUNITIES: (
        Field("external_id", _("Id in the CRM")),
        Field("name", _("Name of the deal")),
        Field("account_name", _("Account, by name")),
        Field("account_key", _("Account, by id")),
        Field("owner", _("Owner"), LIST),
        Field("stage", _("Stage"), LIST),
        Field("status", _("Status: open, won or lost"), LIST),
        Field("amount", _("Amount"), NUMBER),
        Field("product", _("Product"), LIST),
        Field("close_on", _("Close date"), DATE),
        Field("expected_on", _("Expected close date"), DATE),
        Field("opened_on", _("Begun or created on"), DATE),
        Field("stage_since", _("In the stage since"), DATE),
        Field("next_step", _("Next step")),
        Field("next_step_on", _("Date of the next step"), DATE),
        Field("description", _("Description")),
        Field("close_reason", _("Reason for closing")),
        Field("external_url", _("Link to the CRM")),
        Field("is_deleted", _("Deleted in the CRM"), FLAG),
    ),
    FileKind.ACCOUNTS: (
        Field("external_id", _("Id in the CRM")),
        Field("name", _("Name of the account")),
        Field("website", _("Website")),
        Field("industry", _("Industry")),
        Field("location", _("Location")),
        Field("parent_name", _("Belongs to, by name")),
        Field("parent_key", _("Belongs to, by id")),
        Field("external_url", _("Link to the CRM")),
        Field("is_deleted", _("Deleted in the CRM"), FLAG),
    ),
    FileKind.CONTACTS: (
        Field("external_id", _("Id in the CRM")),
        Field("name", _("Name")),
        Field("first_name", _("First name")),
        Field("last_name", _("Last name")),
        Field("account_name", _("Account, by name")),
        Field("account_key", _("Account, by id")),
        Field("title", _("Job title")),
        Field("email", _("E-mail")),
        Field("phone", _("Phone")),
        Field("is_deleted", _("Deleted in the CRM"), FLAG),
    ),
    FileKind.PRODUCTS: (
        Field("external_id", _("Id in the CRM")),
        Field("name", _("Name of the product")),
        Field("series", _("Series")),
        Field("list_price", _("List price"), NUMBER),
    ),
    FileKind.PEOPLE: (
        Field("external_id", _("Id in the CRM")),
        Field("name", _("Name")),
        Field("email", _("E-mail")),
        Field("manager", _("Manager")),
        Field("region", _("Team or region")),
    ),
    FileKind.ACTIVITIES: (
        Field("external_id", _("Id in the CRM")),
        Field("kind", _("Kind"), LIST),
        Field("subject", _("Subject or outcome")),
        Field("happened_at", _("Date"), DATE),
        Field("minutes", _("Minutes"), NUMBER),
        Field("owner", _("Owner"), LIST),
        Field("deal_key", _("Deal, by id")),
        Field("account_name", _("Account, by name")),
        Field("account_key", _("Account, by id")),
        Field("is_deleted", _("Deleted in the CRM"), FLAG),
    ),
    FileKind.HISTORY: (
        Field("external_id", _("Id in the CRM")),
        Field("deal_key", _("Deal, by id")),
        Field("stage", _("Stage that it came to"), LIST),
        Field("happened_at", _("When it came to it"), DATE),
        Field("is_deleted", _("Deleted in the CRM"), FLAG),
    ),
}
# Kinds whose rows need an id, or columns that stand for one, to be found again.
KEYED = (FileKind.OPPORTUNITIES, FileKind.ACTIVITIES)


def fields_of(kind: str) -> Sequence[Field]:
    return FIELDS.get(kind, ())


def label_of(kind: str, name: str) -> Text:
    """Return what a field is called on the page; its own name if there is none."""
    found = (field.label for field in fields_of(kind) if field.name == name)
    return next(found, name)


def form_of(kind: str, name: str) -> str:
    found = (field.form for field in fields_of(kind) if field.name == name)
    return next(found, TEXT)
