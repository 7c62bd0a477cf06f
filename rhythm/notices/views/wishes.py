"""How a person wants to be told, and the way out of a kind of mail."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from rhythm.notices import selectors, services
from rhythm.notices.forms import WishesForm, shown
from rhythm.notices.kinds import DIGEST
from rhythm.notices.models import Wishes
from rhythm.notices.unsubscribing import opened
from rhythm.people.access import acting_user
from rhythm.people.models import User
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and change how the person is told."""
    person = acting_user(request)
    mine = selectors.own_wishes(person)
    sent = request.POST if request.method == "POST" else None
    form = WishesForm(sent, initial=shown(mine) | {"version": mine.version})
    if form.is_valid():
        try:
            with errors_to(form):
                services.edit_wishes(
                    person,
                    form.values(),
                    shown_version=form.cleaned_data["version"],
                    now=timezone.now(),
                )
                toast(request, _("Saved"))
                return go(request, "notices:preferences")
        except Conflict as conflict:
            now = conflict.current
            assert isinstance(now, Wishes)
            changes = differences(form, shown(now))
            with_version(form, now.version)
            return _page(request, form, 409, changes=changes)
    return _page(request, form, 422 if form.errors else 200)


def _page(
    request: HttpRequest, form: WishesForm, status: int, **more: object
) -> HttpResponse:
    context = {"form": form, "person": acting_user(request), **more}
    return render_part(
        request, "notices/preferences.html", "wishes", context, status=status
    )


@csrf_exempt  # A mail program posts, by the token alone (RFC 8058).
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to send no more mail of a kind; a POST ends it, from anywhere."""
    found = opened(token)
    person = User.objects.filter(pk=found[0]).first() if found else None
    if found is None or person is None:
        raise Http404
    kind = found[1]
    is_done = request.method == "POST"
    if is_done:
        services.end_mail(person, kind, now=timezone.now())
    context = {
        "kind": kind.label,
        "is_done": is_done,
        "is_digest": kind == DIGEST,
        "token": token,
    }
    return render(request, "notices/unsubscribe.html", context)
