"""Giving a deal to somebody else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.forms.stages import ShownForm
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User


class AssignForm(ShownForm):
    to = forms.ModelChoiceField(
        User.objects.none(), label=_("New owner"), empty_label=None
    )

    def __init__(
        self, by: User, opportunity: Opportunity, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = heirs(by).exclude(pk=opportunity.owner_id)


def heirs(by: User) -> Any:
    """Return whom `by` may give deals to: all who are active, or the people led."""
    people = User.objects.active()
    if not by.is_admin:
        people = people.filter(Q(pk=by.pk) | Q(pk__in=User.objects.led_by(by)))
    return people.order_by("name", "pk")
