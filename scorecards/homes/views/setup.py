"""Setup: what an admin looks after."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rhythm.people import services as people
from rhythm.people.access import acting_user, admin_required
from rhythm.people.forms import OrganisationForm
from rhythm.people.models import Organisation
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict
from scorecards.homes.selectors import setup as selectors


@admin_required
@require_safe
def setup(request: HttpRequest) -> HttpResponse:
    """Show what is set up, what comes next, and whether it runs."""
    there = selectors.setup()
    steps = selectors.steps(acting_user(request).organisation, there)
    context = {
        "steps": steps,
        "done": sum(each.is_done for each in steps),
        "next": next((each for each in steps if not each.is_done), None),
        "health": selectors.health(there),
    }
    return render(request, "homes/setup.html", context)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: HttpRequest) -> HttpResponse:
    """Change the settings that hold for everybody."""
    template = "homes/organisation_edit.html"
    if request.method != "POST":
        form = OrganisationForm.of(Organisation.current())
        return render_part(request, template, "sheet", {"form": form})
    form = OrganisationForm(request.POST)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            with errors_to(form):
                people.edit_organisation(
                    form.values(),
                    shown_version=form.cleaned_data["version"],
                    by=acting_user(request),
                )
                toast(request, _("Saved"))
                return go(request, "homes:setup")
        except Conflict as conflict:
            now = conflict.current
            current = {name: getattr(now, name) for name in form.values()}
            context["changes"] = differences(form, current)
            with_version(form, now.version)
            return render_part(request, template, "sheet", context, status=409)
    return render_part(request, template, "sheet", context, status=422)
