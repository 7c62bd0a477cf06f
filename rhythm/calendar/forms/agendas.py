"""An agenda and its blocks, in order; adding and moving need no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.agendas import INSTEAD
from rhythm.calendar.models import AgendaBlock, AgendaTemplate, MeetingKind
from rhythm.calendar.services.agendas import BLOCK, MOST_BLOCKS
from rhythm.people.models import Team, User
from rhythm.web.forms import RecordForm
from rhythm.web.numbers import whole_number

PREFIX = "b"


class AgendaForm(RecordForm):
    """Makes or edits an agenda; its blocks come in `BlockFormSet`."""

    class Meta:
        model = AgendaTemplate
        fields = ("name", "kind", "team")
        labels = {"kind": _("For"), "team": _("Whose")}

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [each for each in MeetingKind if each not in INSTEAD]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Any meeting")),
            *((each.value, each.label) for each in kinds),
        ]
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        if editor.is_admin:
            team.empty_label = str(_("Every team"))
        else:
            team.queryset = Team.objects.led_by(editor)
            team.required, team.empty_label = True, None


class BlockForm(forms.ModelForm):
    """One block. A title that smells of status is refused beside it."""

    class Meta:
        model = AgendaBlock
        fields = BLOCK
        labels = {"how": _("How")}
        widgets = {
            "title": forms.TextInput(attrs={"placeholder": _("As its kind")}),
            "how": forms.TextInput(
                attrs={"placeholder": _("What makes it worth the time")}
            ),
        }

    def values(self) -> dict[str, Any]:
        """Return what the block says."""
        return {name: self.cleaned_data[name] for name in BLOCK}


BlockFormSet = forms.formset_factory(
    BlockForm, extra=0, max_num=MOST_BLOCKS, absolute_max=MOST_BLOCKS
)


def blocks_sent(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what stands in the blocks of a form that was sent, unchecked."""
    sent = whole_number(data.get(f"{PREFIX}-TOTAL_FORMS")) or 0
    return [
        {name: data.get(f"{PREFIX}-{number}-{name}", "") for name in BLOCK}
        for number in range(min(max(sent, 0), MOST_BLOCKS))
    ]


def rearranged(
    blocks: list[dict[str, Any]], do: str
) -> tuple[list[dict[str, Any]], int]:
    """Return the blocks after "add", "remove-2", "up-2" or "down-2", and the touched.

    Anything else leaves them as they are; the second value is -1 then.
    """
    blocks = list(blocks)
    act, _dash, place = do.partition("-")
    if act == "add" and len(blocks) < MOST_BLOCKS:
        blocks.append({"minutes": 10})
        return blocks, len(blocks) - 1
    at = whole_number(place)
    if at is None or not 0 <= at < len(blocks):
        return blocks, -1
    if act == "remove":
        del blocks[at]
        return blocks, min(at, len(blocks) - 1)
    other = {"up": at - 1, "down": at + 1}.get(act, -1)
    if not 0 <= other < len(blocks):
        return blocks, -1
    blocks[at], blocks[other] = blocks[other], blocks[at]
    return blocks, other


def total_of(blocks: list[dict[str, Any]]) -> int:
    """Return the minutes of blocks that were sent; what is no number counts nothing."""
    return sum(max(whole_number(each.get("minutes")) or 0, 0) for each in blocks)
