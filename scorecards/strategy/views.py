"""What counts now: read by everybody concerned, said by the leader of a team."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import Team
from rhythm.web.conflicts import beside_theirs
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict
from scorecards.strategy import selectors, services
from scorecards.strategy.forms import NAMES, PrioritiesForm
from scorecards.strategy.models import Priorities

SHOWN = (*NAMES, "until")


@require_safe
def priority_list(request: HttpRequest) -> HttpResponse:
    """Show what counts in each team that concerns the viewer."""
    viewer = acting_user(request)
    context = {"tops": selectors.all_of(viewer, now=timezone.now())}
    return render(request, "strategy/priority_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def priorities_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what counts in a team that one leads."""
    editor, now = acting_user(request), timezone.now()
    team = visible_or_404(Team.objects, editor, pk=pk)
    if not Team.objects.led_by(editor).filter(pk=pk).exists():
        raise PermissionDenied
    said = Priorities.objects.filter(team=team).first()
    shown = {name: getattr(said, name) for name in SHOWN} if said else {}
    data = request.POST if request.method == "POST" else None
    initial = {**shown, "version": said.version if said else 0}
    form = PrioritiesForm(data, today=editor.today(now), initial=initial)
    if not form.is_valid():
        return _sheet(request, form, team)
    try:
        services.set_priorities(
            team,
            form.lines,
            until=form.cleaned_data["until"],
            by=editor,
            now=now,
            shown_version=form.cleaned_data["version"] or 0,
        )
    except Conflict as conflict:
        theirs = {name: getattr(conflict.current, name) for name in (*SHOWN, "version")}
        changes = beside_theirs(form, theirs)
        return _sheet(request, form, team, changes=changes, status=409)
    toast(request, _("Your people see them on their first pages"))
    return go(request, "strategy:priority_list")


def _sheet(
    request: HttpRequest,
    form: PrioritiesForm,
    team: Team,
    *,
    changes: Any = None,
    status: int = 0,
) -> HttpResponse:
    context = {"form": form, "team": team, "changes": changes, "url": request.path}
    status = status or (422 if form.errors else 200)
    template = "strategy/priorities_edit.html"
    return render_part(request, template, "sheet", context, status=status)
