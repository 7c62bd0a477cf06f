"""Deactivating people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.toasts import toast
from scorecards.homes import services
from scorecards.homes.forms import LeavingForm
from scorecards.homes.selectors.leaving import in_hand


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person's access away, and hand over what is open, in one step."""
    by = acting_user(request)
    person = editable_or_403(User.objects, by, pk=pk)
    if not person.is_active:
        return redirect(person)
    held = in_hand(person)
    form = LeavingForm(
        request.POST if request.method == "POST" else None, person=person, held=held
    )
    if form.is_valid():
        with errors_to(form):
            services.let_go(person, form.heirs(), by=by, now=timezone.now())
            toast(request, _("%(name)s is deactivated") % {"name": person.name})
            return redirect(person)
    context = {"form": form, "person": person, "held": held}
    status = 422 if form.errors else 200
    return render(request, "homes/person_deactivate.html", context, status=status)
