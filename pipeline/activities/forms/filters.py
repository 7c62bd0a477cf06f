"""What narrows the list of activities. All of it stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pipeline.activities.models import ActivityKind
from pipeline.activities.selectors.lists import Filters
from rhythm.people.models import User

PERIODS = [("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days"))]
LONGEST_ID = 10**18


class FilterForm(forms.Form):
    """Who, which kind, how far back. Nonsense in the address narrows nothing."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    kind = forms.ModelChoiceField(
        ActivityKind.objects.all(),
        label=_("Kind"),
        required=False,
        empty_label=_("All kinds"),
    )
    days = forms.ChoiceField(
        label=_("Period"), required=False, choices=[*PERIODS, ("all", _("All time"))]
    )
    opportunity = forms.IntegerField(
        widget=forms.HiddenInput, required=False, max_value=LONGEST_ID
    )
    account = forms.IntegerField(
        widget=forms.HiddenInput, required=False, max_value=LONGEST_ID
    )

    def __init__(self, data: QueryDict, *, viewer: User) -> None:
        self.viewer = viewer
        values: dict[str, Any] = data.dict()
        # Without a choice: the last month of one's own work, or all of a deal's.
        is_of_one = bool(data.get("opportunity") or data.get("account"))
        values.setdefault("who", "all" if is_of_one else self.own_view())
        values.setdefault("days", "all" if is_of_one else "30")
        super().__init__(values, auto_id="filter_%s")
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = self._people()

    def own_view(self) -> str:
        """Return where the person begins: the own work, the team's, or everybody's."""
        if self.viewer.is_rep:
            return "mine"
        return "team" if self.viewer.is_manager else "all"

    def filters(self) -> Filters:
        self.is_valid()
        data = self.cleaned_data
        days = data.get("days") or "30"
        kind = data.get("kind")
        return Filters(
            who=data.get("who") or "all",
            kind=kind.pk if kind else None,
            days=int(days) if days != "all" else None,
            opportunity=data.get("opportunity"),
            account=data.get("account"),
        )

    def _people(self) -> list[tuple[str, str]]:
        choices = [("mine", str(_("Mine")))]
        if self.viewer.is_manager:
            choices.append(("team", str(_("My team's"))))
        choices.append(("all", str(_("All that I may see"))))
        if self.viewer.is_manager or self.viewer.sees_all:
            people = User.objects.visible_to(self.viewer).exclude(pk=self.viewer.pk)
            named = people.order_by("name", "pk").values_list("pk", "name")
            choices += [(str(pk), name) for pk, name in named[:500]]
        return choices
