"""When the organisation and its teams work."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.calendar.forms.working import DayOffForm, WorkingForm
from rhythm.calendar.models import Holiday, WorkingCalendar
from rhythm.calendar.selectors import away as selectors
from rhythm.calendar.services import working as services
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.models import Team
from rhythm.web.conflicts import beside_theirs
from rhythm.web.forms import errors_to
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
def working_list(request: HttpRequest) -> HttpResponse:
    """Show when the organisation works, and each team."""
    context = {"rows": selectors.working_rows(acting_user(request))}
    return render(request, "calendar/working_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def working_company(request: HttpRequest) -> HttpResponse:
    """Say when the organisation works."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def working_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when a team works, where it is not as the one above."""
    return _edit(request, visible_or_404(Team.objects, acting_user(request), pk=pk))


@require_POST
def working_above(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a team work as the one above does."""
    team = visible_or_404(Team.objects, acting_user(request), pk=pk)
    shown = whole_number(request.POST.get("version")) or 0
    try:
        services.as_above(team, by=acting_user(request), shown_version=shown)
    except Conflict:
        return _page(request, team, _form(None, team), is_stale=True, status=409)
    toast(request, _("It works as the team above"))
    return go(request, "calendar:working_list")


@require_POST
def day_off_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a day on which nobody works."""
    editor = acting_user(request)
    found = WorkingCalendar.objects.select_related("team")
    calendar = editable_or_403(found, editor, pk=pk)
    form = DayOffForm(request.POST)
    if form.is_valid():
        with errors_to(form):
            day = services.add_day_off(calendar, **form.cleaned_data, by=editor)
            toast(request, _("%(name)s is a day off") % {"name": day.name})
            return _back(request, calendar)
    team = calendar.team
    return _page(request, team, _form(None, team), day_off=form, status=422)


@require_POST
def day_off_remove(request: HttpRequest, pk: int, day_pk: int) -> HttpResponse:
    """Let people work on the day again."""
    editor = acting_user(request)
    found = WorkingCalendar.objects.select_related("team")
    calendar = editable_or_403(found, editor, pk=pk)
    days = Holiday.objects.select_related("calendar__team")
    day = get_object_or_404(days, calendar=calendar, pk=day_pk)
    services.remove_day_off(day, by=editor)
    toast(request, _("Removed"))
    return _back(request, calendar)


def _edit(request: HttpRequest, team: Team | None) -> HttpResponse:
    editor = acting_user(request)
    if not services.may_set(team, editor):
        raise PermissionDenied
    form = _form(request.POST if request.method == "POST" else None, team)
    if form.is_valid():
        try:
            with errors_to(form):
                services.set_working_time(
                    team,
                    form.values(),
                    by=editor,
                    shown_version=form.cleaned_data["version"],
                )
                toast(request, _("Saved. What is ahead follows within a minute."))
                return go(request, "calendar:working_list")
        except Conflict:
            changes = beside_theirs(form, dict(_form(None, team).initial))
            return _page(request, team, form, changes=changes, status=409)
    return _page(request, team, form)


def _form(data: Any, team: Team | None) -> WorkingForm:
    found = WorkingCalendar.objects.filter(team=team).first()
    if found is None:
        return WorkingForm(data, calendar=services.suggested(team), is_new=True)
    return WorkingForm(data, calendar=found, is_new=False)


def _back(request: HttpRequest, calendar: WorkingCalendar) -> HttpResponse:
    if calendar.team_id:
        return go(request, "calendar:working_team", calendar.team_id)
    return go(request, "calendar:working_company")


def _page(
    request: HttpRequest,
    team: Team | None,
    form: WorkingForm,
    *,
    day_off: DayOffForm | None = None,
    is_stale: bool = False,
    changes: list[tuple[str, str, str]] | None = None,
    status: int = 0,
) -> HttpResponse:
    calendar = WorkingCalendar.objects.filter(team=team).first()
    today = acting_user(request).today(timezone.now())
    context = {
        "team": team,
        "form": form,
        "calendar": calendar,
        "days": selectors.days_off(calendar, today=today) if calendar else [],
        "day_off": day_off or DayOffForm(),
        "is_stale": is_stale,
        "changes": changes,
    }
    refused = 422 if form.errors else 200
    template = "calendar/working_edit.html"
    return render(request, template, context, status=status or refused)
