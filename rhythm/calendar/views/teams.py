"""A team's cadences: its own, and how it holds those from above."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.calendar.forms.variants import VariantForm
from rhythm.calendar.models import Cadence, CadenceVariant
from rhythm.calendar.selectors import inherited
from rhythm.calendar.selectors.cadences import when_words
from rhythm.calendar.selectors.ground import team_levels
from rhythm.calendar.services import variants as services
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import Team
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
def team_cadences(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a team holds, and what of it comes from above."""
    viewer = acting_user(request)
    return _page(request, visible_or_404(Team.objects, viewer, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def variant_edit(request: HttpRequest, pk: int, team_pk: int) -> HttpResponse:
    """Move the hour or the weekday of what a team inherits."""
    cadence, team = _both(request, pk, team_pk)
    found = CadenceVariant.objects.filter(cadence=cadence, team=team).first()
    sent = request.POST if request.method == "POST" else None
    usual = inherited.as_held(cadence, None, team_levels()[team.pk])
    form = VariantForm(sent, cadence=cadence, variant=found, usual=usual.at)
    status, changes = 200, None
    if form.is_valid():
        try:
            with errors_to(form):
                services.move_inherited(
                    cadence,
                    team,
                    at=form.cleaned_data["at"],
                    rule=form.rule(),
                    by=acting_user(request),
                    shown_version=form.cleaned_data["version"],
                )
                toast(request, _("Saved. What is ahead follows within a minute."))
                return go(request, "calendar:team_cadences", team.pk)
        except Conflict:
            found = CadenceVariant.objects.filter(cadence=cadence, team=team).first()
            # What was typed stays; beside it stands how it is now.
            stands = VariantForm(cadence=cadence, variant=found, usual=usual.at)
            now = dict(stands.initial)
            version = now.pop("version")
            changes = differences(form, now)
            with_version(form, version)
            status = 409
    context: dict[str, Any] = {
        "form": form,
        "cadence": cadence,
        "team": team,
        "when": when_words(usual),
        "is_stale": status == 409,
        "changes": changes,
    }
    status = 422 if form.errors else status
    template = "calendar/variant_edit.html"
    return render_part(request, template, "sheet", context, status=status)


@require_POST
def variant_drop(request: HttpRequest, pk: int, team_pk: int) -> HttpResponse:
    """Let the team not hold it."""
    cadence, team = _both(request, pk, team_pk)
    try:
        services.drop_inherited(
            cadence, team, by=acting_user(request), shown_version=_shown(request)
        )
    except Conflict:
        return _page(request, team, _stale(), 409)
    except ValidationError as refused:
        return _page(request, team, " ".join(refused.messages), 422)
    toast(request, _("%(team)s does not hold it any more") % {"team": team})
    return go(request, "calendar:team_cadences", team.pk)


@require_POST
def variant_back(request: HttpRequest, pk: int, team_pk: int) -> HttpResponse:
    """Let the team hold it as all do."""
    cadence, team = _both(request, pk, team_pk)
    try:
        services.take_back(
            cadence, team, by=acting_user(request), shown_version=_shown(request)
        )
    except Conflict:
        return _page(request, team, _stale(), 409)
    toast(request, _("Held as by all"))
    return go(request, "calendar:team_cadences", team.pk)


def _both(request: HttpRequest, pk: int, team_pk: int) -> tuple[Cadence, Team]:
    """Return the cadence and the team, of which the person may move it."""
    editor = acting_user(request)
    found = Cadence.objects.select_related("team")
    cadence = visible_or_404(found, editor, pk=pk)
    team = visible_or_404(Team.objects, editor, pk=team_pk)
    if not inherited.may_hold_otherwise(team, editor):
        raise PermissionDenied
    return cadence, team


def _stale() -> str:
    return _("Somebody changed this meanwhile. This is how it stands now.")


def _shown(request: HttpRequest) -> int:
    return whole_number(request.POST.get("version")) or 0


def _page(
    request: HttpRequest, team: Team, error: str = "", status: int = 200
) -> HttpResponse:
    viewer = acting_user(request)
    context = {
        "team": team,
        "cadences": inherited.team_cadences(team, viewer, now=timezone.now()),
        "error": error,
    }
    return render(request, "calendar/team_cadences.html", context, status=status)
