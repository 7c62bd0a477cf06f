"""Only what is missing to pass a gate, as one form made of small ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pipeline.opportunities.forms.milestones import MilestoneForm, OutcomeGateForm
from pipeline.opportunities.models import (
    Contact,
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.services import AnswerRefused
from pipeline.process.gates import Requirement


class GateForm:
    """A small form for each missing requirement, in the order of the stages."""

    def __init__(
        self,
        opportunity: Opportunity,
        missing: Sequence[Requirement],
        *,
        contacts: Sequence[Contact],
        today: date,
        data: Any = None,
    ) -> None:
        records = MilestoneRecord.objects.filter(opportunity=opportunity)
        by_milestone = {each.milestone_id: each for each in records}
        outcomes = CustomerOutcome.objects.filter(
            opportunity=opportunity, confirmed_by=None
        )
        self.milestones = [
            MilestoneForm(
                each,
                contacts=contacts,
                today=today,
                record=by_milestone.get(each.milestone_id or 0),
                must_meet=True,
                data=data,
                prefix=f"m{each.milestone_id}",
            )
            for each in missing
            if not each.is_outcome
        ]
        # One confirmed outcome opens every gate that asks for one.
        self.needed_outcome = next((each for each in missing if each.is_outcome), None)
        self.outcome = (
            OutcomeGateForm(
                list(outcomes),
                contacts=contacts,
                today=today,
                data=data,
                prefix="outcome",
            )
            if self.needed_outcome
            else None
        )

    @property
    def forms(self) -> Iterable[MilestoneForm | OutcomeGateForm]:
        return [*self.milestones, *([self.outcome] if self.outcome else [])]

    def is_valid(self) -> bool:
        # All of them, so that every form shows its errors at once.
        found = [each.is_valid() for each in self.forms]
        return all(found)

    def add_refusal(self, refusal: AnswerRefused) -> None:
        """Show a refused answer beside its fields."""
        for form in self.milestones:
            if form.requirement.milestone_id == refusal.milestone_id:
                add_errors(form, refusal)
        if refusal.milestone_id is None and self.outcome is not None:
            add_errors(self.outcome, refusal)


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Add the error to the fields that it names, as far as the form has them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field = {"confirmed_on": "on"}.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
