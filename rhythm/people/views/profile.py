"""A person's own page: name, zone, look, keys, sign-in, devices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rhythm.people import selectors, services
from rhythm.people.access import acting_user
from rhythm.people.forms import ProfileForm
from rhythm.people.models import Theme, User
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the own page, and change what is one's own to change."""
    person = acting_user(request)
    form = ProfileForm(request.POST or None, initial=_shown(person))
    if form.is_valid():
        try:
            with errors_to(form):
                services.edit_profile(
                    person, form.values(), shown_version=form.cleaned_data["version"]
                )
                toast(request, _("Saved"))
                return go(request, "people:profile")
        except Conflict as conflict:
            now = conflict.current
            assert isinstance(now, User)
            current = {k: v for k, v in _shown(now).items() if k != "version"}
            changes = differences(form, current)
            with_version(form, now.version)
            return _page(request, form, 409, changes=changes)
    return _page(request, form, 422 if form.errors else 200)


def _shown(person: User) -> dict[str, object]:
    names = ("name", "time_zone", "theme", "has_shortcuts", "version")
    return {name: getattr(person, name) for name in names}


def _page(
    request: HttpRequest, form: ProfileForm, status: int, **more: object
) -> HttpResponse:
    person = acting_user(request)
    context = {
        "form": form,
        "person": person,
        "factor": selectors.second_factor(person),
        "devices": selectors.devices(
            person, here=request.session.session_key, now=timezone.now()
        ),
        **more,
    }
    return render_part(
        request, "people/profile.html", "settings", context, status=status
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the look that was chosen by the button in the top bar."""
    chosen = request.POST.get("theme")
    if chosen not in Theme.values:
        return HttpResponse(status=422)
    services.choose_theme(acting_user(request), Theme(chosen))
    return HttpResponse(status=204)


@require_POST
def devices_end(request: HttpRequest) -> HttpResponse:
    """Sign out one device, or all but this one."""
    person = acting_user(request)
    device = request.POST.get("device")
    ended = services.end_devices(
        person,
        by=person,
        keep=request.session.session_key,
        # What is no number names no device, rather than all of them.
        only=None if device is None else whole_number(device) or 0,
    )
    text = ngettext("%d device signed out", "%d devices signed out", ended) % ended
    toast(request, text)
    return go(request, "people:profile")
