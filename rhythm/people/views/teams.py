"""The tree of teams."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.people import selectors, services
from rhythm.people.access import (
    acting_user,
    admin_required,
    editable_or_403,
    visible_or_404,
)
from rhythm.people.forms import TeamForm
from rhythm.people.models import Team
from rhythm.web.conflicts import beside_theirs
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """Show all teams, each below the one it reports to."""
    viewer = acting_user(request)
    context = {"teams": selectors.team_tree(viewer), "may_edit": viewer.is_admin}
    return render_part(request, "people/team_list.html", "tree", context)


@require_safe
def team_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one team: who leads it, and those in it whose work the viewer may see."""
    viewer = acting_user(request)
    team = visible_or_404(
        Team.objects.select_related("manager", "parent"), viewer, pk=pk
    )
    context = {
        "team": team,
        "people": selectors.find_people(
            viewer,
            text="",
            role="",
            team=team,
            state="",
            page=request.GET.get("page", "1"),
        ),
        "below": Team.objects.visible_to(viewer).filter(parent=team),
        "may_edit": viewer.is_admin,
    }
    return render_part(request, "people/team_detail.html", "detail", context)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_create(request: HttpRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if form.is_valid():
        with errors_to(form):
            given = form.cleaned_data
            services.create_team(
                given["name"],
                parent=given["parent"],
                manager=given["manager"],
                today=_today(request),
                by=acting_user(request),
                submission_key=given["submission_key"],
            )
            toast(request, _("Team made"))
            return go(request, "people:team_list")
    return _sheet(request, {"form": form}, 422 if form.errors else 200)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a team, put it below another one, or give it another manager."""
    team = editable_or_403(Team.objects, acting_user(request), pk=pk)
    form = TeamForm(request.POST or None, initial=_shown(team))
    context: dict[str, object] = {"form": form, "team": team}
    if form.is_valid():
        given = form.cleaned_data
        try:
            with errors_to(form):
                services.edit_team(
                    team,
                    name=given["name"],
                    parent=given["parent"],
                    manager=given["manager"],
                    today=_today(request),
                    shown_version=given["version"],
                    by=acting_user(request),
                )
                toast(request, _("Saved"))
                return go(request, "people:team_list")
        except Conflict as conflict:
            current = conflict.current
            assert isinstance(current, Team)
            context["changes"] = beside_theirs(form, _shown(current))
            return _sheet(request, context, 409)
    return _sheet(request, context, 422 if form.errors else 200)


@require_POST
@admin_required
def team_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an empty team. What stands against it is said beside the form."""
    team = editable_or_403(Team.objects, acting_user(request), pk=pk)
    form, status = _filled(team), 422
    if form.is_valid():
        by, shown = acting_user(request), whole_number(request.POST.get("version"))
        try:
            with errors_to(form):
                services.delete_team(team, by=by, shown_version=shown or 0)
                toast(request, _("Team deleted"))
                return go(request, "people:team_list")
        except Conflict as conflict:
            current = conflict.current
            assert isinstance(current, Team)
            form, status = _filled(current), 409
            text = _("Somebody changed this team. Look at it, then delete it again.")
            form.add_error(None, text)
    return _sheet(request, {"form": form, "team": team}, status)


def _filled(team: Team) -> TeamForm:
    """Return the form as if sent with what the team is now."""
    keys = {"parent": team.parent_id, "manager": team.manager_id}
    return TeamForm(_shown(team) | keys)


def _shown(team: Team) -> dict[str, object]:
    names = ("name", "parent", "manager", "version")
    return {name: getattr(team, name) for name in names}


def _sheet(
    request: HttpRequest, context: dict[str, object], status: int
) -> HttpResponse:
    return render_part(
        request, "people/team_edit.html", "sheet", context, status=status
    )


def _today(request: HttpRequest) -> date:
    return acting_user(request).today(timezone.now())
