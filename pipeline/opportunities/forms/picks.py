"""Choosing an account or a contact while typing, or naming a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account, Contact
from pipeline.opportunities.selectors.options import Option
from rhythm.people.models import User
from rhythm.web.numbers import whole_number

NEW = "new"


class Pick:
    """A search field with radio buttons under it; works without a script.

    `chosen` and `new_name` hold the answer after `clean`: a record, a name for a new
    one, or neither. Without a radio button, what was typed names the record.
    """

    def __init__(
        self,
        form: forms.Form,
        name: str,
        *,
        model: type[models.Model],
        viewer: User,
        label: str,
        url: str,
        offered: Sequence[Option] = (),
        chosen: models.Model | None = None,
        can_create: bool = True,
    ) -> None:
        self.form, self.name, self.label, self.viewer = form, name, label, viewer
        self.model, self.offered, self.can_create = model, offered, can_create
        query = f"?name={form.add_prefix(name)}" + ("&create=1" if can_create else "")
        self.url = reverse(url) + query
        form.fields[name] = forms.CharField(
            required=False, max_length=20, widget=forms.HiddenInput
        )
        form.fields[f"{name}_q"] = forms.CharField(
            required=False, max_length=200, label=label
        )
        self.present = chosen
        self.chosen: models.Model | None = None
        self.new_name = ""

    # -- what the template prints -------------------------------------------------
    @property
    def field_name(self) -> str:
        return self.form.add_prefix(self.name)

    @property
    def text(self) -> str:
        return str(self.form[f"{self.name}_q"].value() or "")

    @property
    def value(self) -> str:
        """The radio button that is chosen."""
        if self.form.is_bound:
            return str(self.form[self.name].value() or "")
        return str(self.present.pk) if self.present else ""

    @property
    def options(self) -> list[Option]:
        """The present record, and the ones offered before anything is typed."""
        found = list(self.offered)
        value = self.value
        known = {each.value for each in found}
        record = self.present
        key = whole_number(value)
        if key is not None and value not in known:
            if record is None or str(record.pk) != value:
                record = self._visible().filter(pk=key).first()
            if record is not None:
                found.insert(0, Option(str(record.pk), str(record)))
        return found

    @property
    def errors(self) -> Any:
        return self.form.errors.get(self.name, [])

    @property
    def create(self) -> str:
        return self.text.strip() if self.can_create else ""

    # -- the answer ---------------------------------------------------------------
    def _visible(self) -> models.QuerySet[Any]:
        visible: models.QuerySet[Any] = self.model._default_manager.visible_to(  # type: ignore[attr-defined]
            self.viewer
        )
        return visible

    def clean(self, cleaned: dict[str, Any]) -> None:
        """Find out what was chosen; add an error to the form for what is not there."""
        value, typed = cleaned.get(self.name, ""), cleaned.get(f"{self.name}_q", "")
        if (key := whole_number(value)) is not None:
            self.chosen = self._visible().filter(pk=key).first()
            if self.chosen is None:
                self.form.add_error(self.name, _("This is not there any more."))
        elif value == NEW or (not value and typed):
            named = self._visible().filter(name__iexact=typed).order_by("pk").first()
            if named is not None and value != NEW:
                self.chosen = named
            elif self.can_create and typed:
                self.new_name = typed
            else:
                self.form.add_error(self.name, _("Choose one of the list."))


def account_pick(form: forms.Form, viewer: User, **options: Any) -> Pick:
    """Add a field for an account to the form."""
    return Pick(
        form,
        "account",
        model=Account,
        viewer=viewer,
        label=_("Account"),
        url="opportunities:account_options",
        **options,
    )


def contact_pick(form: forms.Form, viewer: User, **options: Any) -> Pick:
    """Add a field for a contact to the form."""
    return Pick(
        form,
        "contact",
        model=Contact,
        viewer=viewer,
        label=_("Person"),
        url="opportunities:contact_options",
        **options,
    )
