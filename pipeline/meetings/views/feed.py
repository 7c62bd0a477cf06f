"""The secret address of the own calendar: its page, and what is read there."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.meetings import services
from pipeline.meetings.ics import calendar_of
from pipeline.meetings.models import CalendarFeed
from rhythm.calendar.selectors.people import meetings_of
from rhythm.people.access import acting_user
from rhythm.people.limits import is_allowed, too_many
from rhythm.web.toasts import toast

BEHIND, AHEAD = timedelta(weeks=4), timedelta(weeks=8)
MOST = 2_000


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """Show whether there is an address of the own calendar, and when it was read."""
    found = CalendarFeed.objects.filter(user=acting_user(request)).first()
    return render(request, "meetings/feed.html", {"feed": found})


@never_cache
@require_POST
def feed_make(request: HttpRequest) -> HttpResponse:
    """Make the address of the own calendar, and show it this once.

    The same form sent again, as by a phone that loads the page anew, makes none: the
    one that was shown holds.
    """
    person, shown = acting_user(request), request.POST.get("instead_of")
    try:
        token = services.make_feed(person, now=timezone.now(), instead_of=shown)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="warning")
        return redirect("meetings:feed")
    path = reverse("meetings:feed_read", args=[token])
    context = {"address": settings.APP_BASE_URL + path}
    return render(request, "meetings/feed_made.html", context)


@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """Take the address of the own calendar away."""
    services.revoke_feed(acting_user(request))
    toast(request, _("The address opens nothing any more"))
    return redirect("meetings:feed")


@login_not_required
@never_cache
@require_safe
def feed_read(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the meetings of whoever has this address. The secret opens it alone.

    Unknown, taken away, and of somebody who left are the same 404, and so many of them
    from one place a 429. A whole office may read its calendars from there, but none of
    them so often.
    """
    now = timezone.now()
    person = services.open_feed(token, now=now)
    if person is None:
        if not is_allowed(request, "calendar"):
            return too_many(request, "calendar")
        raise Http404
    if not is_allowed(request, "calendar_read", key=str(person.pk)):
        return too_many(request, "calendar_read")
    meetings = (
        meetings_of(person)
        .visible_to(person)
        .select_related("team", "person", "cadence")
        .filter(starts_at__range=(now - BEHIND, now + AHEAD))
        .order_by("starts_at", "pk")[:MOST]
    )
    return HttpResponse(
        calendar_of(person, meetings, now=now),
        content_type="text/calendar; charset=utf-8",
        headers={
            "X-Robots-Tag": "noindex",
            "Content-Disposition": 'inline; filename="rhythm.ics"',
        },
    )
