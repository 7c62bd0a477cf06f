"""What a person says to a milestone, or to the need for a confirmed outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.opportunities.models import (
    Contact,
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.services import MilestoneAnswer, OutcomeAnswer
from pipeline.process.gates import Requirement
from pipeline.process.models import AnswerKind, MilestoneKind
from rhythm.people.models import User
from rhythm.web.forms import DateInput, version_field

# More contacts than so many of one account are not offered in a list.
MOST_CONTACTS = 100


def contacts_of(opportunity: Opportunity, viewer: User) -> list[Contact]:
    """Return whom a form about the deal offers: its people, its account's contacts."""
    parts = Q(pk__in=opportunity.contact_roles.values("contact_id"))
    if opportunity.account_id is not None:
        parts |= Q(account=opportunity.account_id)
    contacts = Contact.objects.visible_to(viewer).filter(parts)
    return list(contacts.order_by("name", "pk")[:MOST_CONTACTS])


class ContactFields(forms.Form):
    """Somebody at the customer's: chosen, or named when nobody knows them yet."""

    contacts: dict[int, Contact]

    def add_contact(self, contacts: Sequence[Contact], *, label: str) -> None:
        """Add the two fields, of which one may be filled."""
        self.contacts = {each.pk: each for each in contacts}
        choices = [(each.pk, _named(each)) for each in contacts]
        self.fields["contact"] = forms.TypedChoiceField(
            label=label,
            choices=[("", _("Choose…")), *choices],
            coerce=int,
            empty_value=None,
            required=False,
        )
        self.fields["contact_name"] = forms.CharField(
            label=_("Or somebody new"), max_length=160, required=False
        )

    def clean_contact_name(self) -> str:
        name: str = self.cleaned_data["contact_name"]
        if name and self.chosen_contact:
            message = _("%(who)s is chosen too. Take that back, or leave this empty.")
            raise forms.ValidationError(message % {"who": self.chosen_contact.name})
        return name

    @property
    def chosen_contact(self) -> Contact | None:
        return self.contacts.get(self.cleaned_data.get("contact") or 0)


def _named(contact: Contact) -> str:
    return f"{contact.name}, {contact.title}" if contact.title else contact.name


class MilestoneForm(ContactFields):
    """One milestone: met or not, the answer of its kind, what shows it."""

    version = version_field()

    def __init__(
        self,
        requirement: Requirement,
        *,
        contacts: Sequence[Contact],
        today: date,
        record: MilestoneRecord | None = None,
        must_meet: bool = False,
        data: Any = None,
        prefix: str | None = None,
        auto_id: str = "id_%s",
    ) -> None:
        """must_meet leaves out the choice of met or not: sending it says met."""
        super().__init__(
            data, prefix=prefix, auto_id=auto_id, initial=_initial(record, today)
        )
        self.requirement = requirement
        if not must_meet:
            self.fields["is_met"] = forms.BooleanField(
                label=_("Met"), required=False, initial=record is None or record.is_met
            )
        if requirement.kind == MilestoneKind.KNOW:
            if requirement.answer_kind == AnswerKind.CONTACT:
                self.add_contact(contacts, label=_("Who"))
            else:
                self.fields["answer"] = _answer_field(requirement)
        if requirement.kind == MilestoneKind.CONFIRMED:
            self.add_contact(contacts, label=_("Who confirmed it"))
        self.fields["evidence"] = forms.CharField(
            label=_("What shows it"),
            max_length=2000,
            required=False,
            widget=forms.TextInput(attrs={"placeholder": _("A line, or a link")}),
        )
        self.fields["done_on"] = forms.DateField(
            label=_("On"), required=False, widget=DateInput(max=today.isoformat())
        )

    def values(self) -> dict[str, Any]:
        """Return the arguments of `services.record_milestone`."""
        cleaned = self.cleaned_data
        return {
            "is_met": cleaned.get("is_met", True),
            "answer": cleaned.get("answer", ""),
            "contact": self.chosen_contact if "contact" in self.fields else None,
            "contact_name": cleaned.get("contact_name", ""),
            "evidence": cleaned["evidence"],
            "done_on": cleaned["done_on"],
            "shown_version": cleaned["version"],
        }

    def answer(self) -> MilestoneAnswer:
        """Return what `services.pass_gate` takes."""
        values = self.values()
        del values["is_met"]
        assert self.requirement.milestone_id is not None
        return MilestoneAnswer(milestone_id=self.requirement.milestone_id, **values)


def _initial(record: MilestoneRecord | None, today: date) -> dict[str, Any]:
    if record is None:
        return {"version": 0, "done_on": today}
    return {
        "version": record.version,
        "answer": record.answer,
        "contact": record.contact_id,
        "evidence": record.evidence,
        "done_on": record.done_on or today,
    }


def _answer_field(requirement: Requirement) -> forms.Field:
    if requirement.answer_kind == AnswerKind.CHOICE:
        choices = [("", _("Choose…")), *((each, each) for each in requirement.choices)]
        return forms.ChoiceField(label=_("Answer"), choices=choices, required=False)
    attrs = {}
    if requirement.answer_kind == AnswerKind.NUMBER:
        attrs["inputmode"] = "decimal"
    return forms.CharField(
        label=_("Answer"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs=attrs),
    )


class OutcomeGateForm(ContactFields):
    """The confirmed outcome that a gate asks for."""

    outcome = forms.TypedChoiceField(
        label=gettext_lazy("Outcome"), coerce=int, empty_value=None, required=False
    )
    words = forms.CharField(
        label=gettext_lazy("In the customer's words"), max_length=1000, required=False
    )
    on = forms.DateField(label=gettext_lazy("Confirmed on"), required=False)
    how = forms.CharField(label=gettext_lazy("How"), max_length=160, required=False)

    def __init__(
        self,
        outcomes: Sequence[CustomerOutcome],
        *,
        contacts: Sequence[Contact],
        today: date,
        data: Any = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix, initial={"on": today})
        self.outcomes = {each.pk: each for each in outcomes}
        self.fields["on"].widget = DateInput(max=today.isoformat())
        if outcomes:
            choices = [(each.pk, each.words) for each in outcomes]
            field = self.fields["outcome"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*choices, ("", _("Another one"))]
        else:
            del self.fields["outcome"]
        self.add_contact(contacts, label=_("Who confirmed it"))

    def answer(self) -> OutcomeAnswer:
        """Return what `services.pass_gate` takes."""
        cleaned = self.cleaned_data
        return OutcomeAnswer(
            outcome=self.outcomes.get(cleaned.get("outcome") or 0),
            words=cleaned["words"],
            contact=self.chosen_contact,
            contact_name=cleaned["contact_name"],
            on=cleaned["on"],
            how=cleaned["how"],
        )
