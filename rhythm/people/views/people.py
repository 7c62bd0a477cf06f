"""The list of people, and the page of one."""

from __future__ import annotations

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
from rhythm.people.forms import PersonForm
from rhythm.people.models import Team, User
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go, safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

ROLES = ("rep", "manager", "executive", "admin")
STATES = ("invited", "unable", "deactivated")


@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Show the people whose work the viewer may see."""
    viewer = acting_user(request)
    asked = request.GET
    teams = Team.objects.visible_to(viewer)
    team = teams.filter(pk=whole_number(asked.get("team")) or 0).first()
    people = selectors.find_people(
        viewer,
        text=asked.get("q", "").replace("\0", "").strip()[:120],
        role=asked.get("role", ""),
        team=team,
        state=asked.get("state", ""),
        page=asked.get("page", "1"),
    )
    context = {
        "people": people,
        "asked": asked,
        "is_filtered": any(asked.get(each) for each in ("q", "role", "team", "state")),
        "teams": [(str(pk), name) for pk, name in teams.values_list("pk", "name")],
        "roles": _labels(ROLES),
        "states": _labels(STATES),
    }
    return render_part(request, "people/person_list.html", "list", context)


def _labels(values: tuple[str, ...]) -> list[tuple[str, str]]:
    known = {
        "rep": _("Reps"),
        "manager": _("Managers"),
        "executive": _("Executives"),
        "admin": _("Admins"),
        "invited": _("Not signed in yet"),
        "unable": _("No sign-in"),
        "deactivated": _("Deactivated"),
    }
    return [(each, known[each]) for each in values]


@require_safe
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person."""
    viewer = acting_user(request)
    person = visible_or_404(User.objects, viewer, pk=pk)
    context = {
        "person": person,
        "page": selectors.person_page(person, viewer=viewer, now=timezone.now()),
        "may_edit": viewer.is_admin,
        "is_own": person == viewer,
    }
    return render_part(request, "people/person_detail.html", "detail", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one person: who it is, what it may do, where it is."""
    editor = acting_user(request)
    person = editable_or_403(User.objects, editor, pk=pk)
    team = Team.objects.of(person).first()
    shown = _shown(person, team)
    form = PersonForm(request.POST or None, initial=shown)
    # The invitation sends here for an e-mail, and goes on with it.
    after = safe_next(request, person.get_absolute_url())
    context = {"form": form, "person": person, "next": after}
    template = "people/person_edit.html"
    if form.is_valid():
        try:
            with errors_to(form):
                services.edit_person(
                    person,
                    form.values(),
                    team=form.cleaned_data["team"],
                    today=editor.today(timezone.now()),
                    shown_version=form.cleaned_data["version"],
                    by=editor,
                )
                toast(request, _("Saved"))
                return go(request, after)
        except Conflict as conflict:
            now = conflict.current
            assert isinstance(now, User)
            current = {k: v for k, v in _shown(now, team).items() if k != "version"}
            context["changes"] = differences(form, current)
            with_version(form, now.version)
            return render_part(request, template, "sheet", context, status=409)
    status = 422 if form.errors else 200
    return render_part(request, template, "sheet", context, status=status)


def _shown(person: User, team: Team | None) -> dict[str, object]:
    names = ("name", "email", "is_rep", "is_executive", "is_admin", "time_zone")
    plain: dict[str, object] = {name: getattr(person, name) for name in names}
    return plain | {"team": team, "version": person.version}


@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a deactivated person access again."""
    by = acting_user(request)
    person = editable_or_403(User.objects, by, pk=pk)
    services.reactivate(person, by=by)
    toast(request, _("%(name)s can sign in again") % {"name": person.name})
    return go(request, person)


@require_POST
@admin_required
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the link that the person was given stop working."""
    by = acting_user(request)
    person = editable_or_403(User.objects, by, pk=pk)
    services.withdraw(person, now=timezone.now(), by=by)
    toast(request, _("Invitation withdrawn"))
    return go(request, person)
