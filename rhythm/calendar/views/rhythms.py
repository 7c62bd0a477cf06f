"""Whole rhythms: what they hold, and starting one."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from rhythm.calendar.forms.rhythms import RhythmForm
from rhythm.calendar.models import Cadence, Scope
from rhythm.calendar.rhythms import RHYTHMS, Beat, Rhythm
from rhythm.calendar.services import rhythms as services
from rhythm.calendar.views.cadences import may_make
from rhythm.calendar.wording import listed, rule_words
from rhythm.people.access import acting_user
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.http import go
from rhythm.web.toasts import toast


@dataclass(frozen=True)
class BeatLine:
    """A cadence of a rhythm in words."""

    name: str
    when: str
    whom: str
    is_mandatory: bool


@dataclass(frozen=True)
class RhythmCard:
    """A rhythm in words."""

    key: str
    name: str
    text: str
    lines: list[BeatLine]


@require_safe
def rhythm_list(request: HttpRequest) -> HttpResponse:
    """Show the rhythms that there are, and what each holds."""
    _leader(request)
    context = {"rhythms": [card(each) for each in RHYTHMS.values()]}
    return render(request, "calendar/rhythm_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rhythm_start(request: HttpRequest, key: str) -> HttpResponse:
    """Start a rhythm for a team, or for all."""
    editor = _leader(request)
    if key not in RHYTHMS:
        raise Http404
    rhythm = RHYTHMS[key]
    sent = request.POST if request.method == "POST" else None
    form = RhythmForm(sent, editor=editor, today=editor.today(timezone.now()))
    if form.is_valid():
        with errors_to(form):
            started = services.start_rhythm(rhythm, **form.cleaned_data, by=editor)
            toast(request, _told(started.made, started.left_out))
            return go(request, "calendar:cadence_list")
    context = {
        "rhythm": card(rhythm),
        "form": form,
        "url": reverse("calendar:rhythm_start", args=[key]),
    }
    status = 422 if form.errors else 200
    return render(request, "calendar/rhythm_start.html", context, status=status)


def card(rhythm: Rhythm) -> RhythmCard:
    """Return a rhythm in words."""
    lines = [_line(each) for each in rhythm.beats]
    return RhythmCard(rhythm.key, str(rhythm.name), str(rhythm.text), lines)


def _line(beat: Beat) -> BeatLine:
    said = rule_words(beat.rule)
    length = ngettext("%d minute", "%d minutes", beat.minutes) % beat.minutes
    whom = {
        (True, "below"): _("Each manager with each of their people, one after another"),
        (True, "team"): _("The manager with each of the people"),
        (False, "below"): _("The team and every team below"),
        (False, "team"): _("The team"),
    }
    return BeatLine(
        name=str(beat.kind.label),
        when=f"{said[:1].upper()}{said[1:]}, {beat.at:%H:%M}, {length}",
        whom=whom[beat.scope == Scope.EACH_REP, str(beat.reach)],
        is_mandatory=beat.is_mandatory,
    )


def _told(made: list[Cadence], left_out: list[str]) -> str:
    text = ngettext("%d cadence made.", "%d cadences made.", len(made)) % len(made)
    if left_out:
        words = _("Left out, since there is one already: %(kinds)s.")
        text = f"{text} {words % {'kinds': listed(left_out)}}"
    return text


def _leader(request: HttpRequest) -> User:
    person = acting_user(request)
    if not may_make(person):
        raise PermissionDenied
    return person
