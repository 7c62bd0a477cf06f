"""Letting people in: invitations, and the way back after a lost second factor."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.people.models import Organisation, User
from rhythm.web.forms import errors_to, key_field
from rhythm.web.toasts import toast
from scorecards.homes import services
from scorecards.homes.forms import InviteForm


class AgainForm(forms.Form):
    """A new link: there is nothing to fill in."""

    submission_key = key_field()


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_invite(request: HttpRequest) -> HttpResponse:
    """Make a person, and show the link that lets it in: this once."""
    by = acting_user(request)
    initial = {
        "time_zone": Organisation.current().time_zone,
        "is_rep": True,
        "team": request.GET.get("team"),
    }
    form = InviteForm(request.POST or None, initial=initial)
    if form.is_valid():
        with errors_to(form):
            person, link = services.bring_in(
                form.values(),
                team=form.cleaned_data["team"],
                by=by,
                now=timezone.now(),
                submission_key=form.cleaned_data["submission_key"],
            )
            if link:
                return _show(request, person, link)
            toast(request, _("%(name)s is there now") % {"name": person.name})
            return redirect(person)
    status = 422 if form.errors else 200
    return render(request, "homes/person_invite.html", {"form": form}, status=status)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link for a person who is there. The one before stops working."""
    by = acting_user(request)
    person = editable_or_403(User.objects, by, pk=pk)
    # Nothing to fill in: it only carries what may be refused.
    form = AgainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_to(form):
            link = services.send_invitation(
                person, by=by, now=timezone.now(), **form.cleaned_data
            )
            return _show(request, person, link) if link else redirect(person)
    context = {"form": form, "person": person}
    status = 422 if form.errors else 200
    return render(request, "homes/person_invite_again.html", context, status=status)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second factor from somebody who lost it."""
    by = acting_user(request)
    person = editable_or_403(User.objects, by, pk=pk)
    # Nothing to fill in: it only carries what may be refused.
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_to(form):
            services.reset_second_factor(person, by=by, now=timezone.now())
            text = _("%(name)s signs in with the password alone, and was told")
            toast(request, text % {"name": person.name})
            return redirect(person)
    context = {"form": form, "person": person}
    status = 422 if form.errors else 200
    return render(request, "homes/second_factor_reset.html", context, status=status)


def _show(request: HttpRequest, person: User, link: str) -> HttpResponse:
    context = {
        "person": person,
        "link": link,
        "is_mailed": settings.HAS_MAIL_SERVER,
    }
    return render(request, "homes/invitation_link.html", context)
