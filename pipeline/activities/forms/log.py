"""The quick log, and the form that changes what was logged."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from pipeline.activities.models import Activity, ActivityKind
from pipeline.activities.selectors.subjects import Record, subject_of
from pipeline.activities.services.log import Entry
from pipeline.opportunities.models import Account, Contact, Opportunity
from rhythm.people.models import User
from rhythm.web.forms import DateInput, version_field
from rhythm.web.numbers import whole_number

# What often comes of an activity; each fills the field and can be changed there.
OUTCOMES = (
    _("They agree to the next step"),
    _("They want to think about it"),
    _("They ask for more detail"),
    _("No answer"),
    _("Not now"),
)

MINUTES = (15, 30, 45, 60, 90)


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class EntryForm(forms.Form):
    """An activity: what, on which deal or account, and what came of it."""

    kind = forms.ModelChoiceField(
        ActivityKind.objects.none(),
        label=_("What happened"),
        error_messages={"required": _("Choose what happened.")},
    )
    subject = forms.CharField(
        label=_("Deal or account"),
        error_messages={"required": _("Choose a deal or an account.")},
    )
    outcome = forms.CharField(
        label=_("Outcome"),
        required=False,
        max_length=500,
        widget=forms.TextInput(
            {
                "placeholder": _("What did the customer say or agree to?"),
                "autocomplete": "off",
            }
        ),
    )
    happened_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=MomentInput(),
        help_text=_("Empty is now."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=24 * 60
    )
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(), label=_("Who was there"), required=False
    )
    new_contact = forms.CharField(
        label=_("Somebody new"),
        required=False,
        max_length=160,
        widget=forms.TextInput(
            {"placeholder": _("First and last name"), "autocomplete": "off"}
        ),
    )

    # Ids of their own: the page below the sheet may have the same fields.
    prefix_of_ids = "log_%s"

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        kwargs["auto_id"] = self.prefix_of_ids
        super().__init__(*args, **kwargs)
        _choices(self.fields["kind"]).queryset = self.kinds()
        contacts = Contact.objects.visible_to(person)
        _choices(self.fields["contacts"]).queryset = contacts

    def kinds(self) -> Any:
        return ActivityKind.objects.offered()

    @property
    def record(self) -> Record | None:
        """Return the deal or account that is chosen now, None if none is."""
        if not hasattr(self, "_record"):
            value = str(self["subject"].value() or "")
            self._record = subject_of(value, self.person)
        return self._record

    @property
    def ticked(self) -> set[int]:
        """Return the ids of the contacts that are ticked now."""
        values = self["contacts"].value() or []
        found = (whole_number(each) for each in values)
        return {each for each in found if each is not None}

    @property
    def has_more(self) -> bool:
        """Return whether what stands under "more" is filled or wrong."""
        names = ("happened_at", "minutes", "contacts", "new_contact")
        return any(self[name].value() or self[name].errors for name in names)

    def clean_subject(self) -> str:
        if self.record is None:
            raise forms.ValidationError(_("Choose a deal or an account."))
        return str(self.cleaned_data["subject"])

    def entry(self) -> Entry:
        """Return what the person says. Only of a valid form."""
        data, record = self.cleaned_data, self.record
        return Entry(
            kind=data["kind"],
            opportunity=record if isinstance(record, Opportunity) else None,
            account=record if isinstance(record, Account) else None,
            happened_at=data["happened_at"],
            outcome=data["outcome"],
            minutes=data["minutes"],
            contacts=list(data["contacts"]),
            new_contact=data["new_contact"],
        )


class QuickLogForm(EntryForm):
    """A new activity, and the next step of its deal."""

    next_step = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=300,
        widget=forms.TextInput(
            {"placeholder": _("Who does what"), "autocomplete": "off"}
        ),
    )
    next_step_on = forms.DateField(label=_("By"), required=False, widget=DateInput())
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"submission_key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class EditActivityForm(EntryForm):
    """What was logged, to be changed."""

    version = version_field()

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        self.activity = activity
        kwargs["initial"] = values_of(activity) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def kinds(self) -> Any:
        """Return those offered, and the one that it has, which may be hidden now."""
        own = ActivityKind.objects.filter(pk=self.activity.kind_id)
        return ActivityKind.objects.offered() | own


def values_of(activity: Activity) -> dict[str, Any]:
    """Return what the form shows of an activity."""
    deal, account = activity.opportunity_id, activity.account_id
    return {
        "kind": activity.kind_id,
        "subject": f"deal:{deal}" if deal else f"account:{account}",
        "outcome": activity.outcome,
        "happened_at": activity.happened_at,
        "minutes": activity.minutes,
        "contacts": [each.pk for each in activity.contacts.all()],
        "version": activity.version,
    }


def entry_of(activity: Activity) -> Entry:
    """Return what was said of an activity, as the form would say it."""
    return Entry(
        kind=activity.kind,
        opportunity=activity.opportunity,
        account=None if activity.opportunity else activity.account,
        happened_at=activity.happened_at,
        outcome=activity.outcome,
        minutes=activity.minutes,
        contacts=list(activity.contacts.all()),
    )


def shown_of(entry: Entry) -> dict[str, str]:
    """Return an entry as people read it, by the fields of the form."""
    happened = entry.happened_at
    return {
        "kind": str(entry.kind),
        "subject": str(entry.opportunity or entry.account),
        "outcome": entry.outcome,
        "happened_at": date_format(localtime(happened), "j M Y H:i")
        if happened
        else "",
        "minutes": str(entry.minutes or ""),
        "contacts": ", ".join(sorted(str(each) for each in entry.contacts)),
        "new_contact": entry.new_contact,
    }


def _choices(field: forms.Field) -> forms.ModelChoiceField:
    assert isinstance(field, forms.ModelChoiceField)
    return field
