"""The ways in beside sign-in: invitations, the first admin, the demo."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rhythm.people import demo, selectors, services, tokens
from rhythm.people.forms import FirstAdminForm, PasswordForm
from rhythm.people.limits import limited
from rhythm.people.models import Invitation, User
from rhythm.people.services import audit, devices
from rhythm.people.zones import local_date
from rhythm.web.forms import errors_to
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@login_not_required
@never_cache
@limited("invitation")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a password, and sign in."""
    now = timezone.now()
    template = "people/invitation_accept.html"
    invitation = selectors.invitation(token)
    if not selectors.is_usable(invitation, now):
        over = {"invitation": invitation, "is_over": True}
        return render(request, template, over, status=404)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        with errors_to(form):
            try:
                password = form.cleaned_data["password"]
                person = services.accept(token, password, now=now)
            except Invitation.DoesNotExist:
                return redirect("people:invitation_accept", token)
            if selectors.second_factor(person).is_there:
                # The link replaces a password, and not what comes after it.
                toast(request, _("Your password is set. Sign in with it."))
                return redirect(settings.LOGIN_URL)
            return _let_in(request, person, how="invitation")
    context = {"invitation": invitation, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@limited("first_admin")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request: HttpRequest, token: str) -> HttpResponse:
    """Let the one who installed it name the organisation and become its admin."""
    template = "people/first_admin.html"
    if not (tokens.opens_first_admin(token) and services.needs_first_admin()):
        return render(request, template, {"is_over": True}, status=404)
    form = FirstAdminForm(request.POST or None, initial={"time_zone": "Europe/Berlin"})
    if form.is_valid():
        with errors_to(form):
            return _let_in(request, _found(form), how="first admin")
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


def _found(form: FirstAdminForm) -> User:
    given = form.cleaned_data
    zone = given["time_zone"]
    return services.found_organisation(
        {
            "name": given["organisation"],
            "currency": given["currency"],
            "time_zone": zone,
        },
        {"name": given["name"], "email": given["email"], "time_zone": zone},
        given["password"],
        today=local_date(timezone.now(), zone),
    )


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast. Only a demo has this door."""
    if not demo.is_open():
        raise Http404
    # The door asks for no second factor: whoever plays Rita cannot know the one that
    # somebody else set up for her.
    cast = User.objects.active().filter(email__in=demo.DEMO_CAST)
    chosen = whole_number(request.POST.get("person"))
    person = get_object_or_404(cast, pk=chosen)
    services.know_address(person)
    return _let_in(request, person, how="demo")


def _let_in(request: HttpRequest, person: User, *, how: str) -> HttpResponse:
    """Sign the person in under a new session, and go to the own first page."""
    request.session.flush()
    login(request, person, backend=BACKEND)
    devices.remember(request, now=timezone.now())
    audit.record_sign_in(request, person, how=how)
    return redirect(settings.LOGIN_REDIRECT_URL)
