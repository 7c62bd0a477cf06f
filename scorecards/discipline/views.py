"""Is the rhythm kept: the map of leaders and weeks, and the meetings behind it."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.numbers import whole_number
from scorecards.discipline import even_chart, figures
from scorecards.discipline.selectors.evenness import evenness
from scorecards.discipline.selectors.kept import kept as read_kept
from scorecards.discipline.selectors.rows import behind

# No meeting was due in another year.
YEARS = range(1970, 2200)


def _leader(request: HttpRequest) -> User:
    """Return who asks, if they lead anybody or see all; else refuse."""
    viewer = acting_user(request)
    if not (viewer.sees_all or viewer.is_manager):
        raise PermissionDenied
    return viewer


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Show what was held, late, missed or skipped, by leader and week.

    Below it is how even this quarter is; with ?quarter=last, the one before was.
    """
    viewer, now = _leader(request), timezone.now()
    is_last = request.GET.get("quarter") == "last"
    found = read_kept(viewer, now=now)

    def link(leader: int, monday: date) -> str:
        chosen = urlencode({"leader": leader, "week": monday.isoformat()})
        return f"{reverse('discipline:kept_meetings')}?{chosen}"

    context = {
        "kept": found,
        "words": figures.words(found.whole),
        "map": figures.heat_map(found, link) if found.leaders else None,
        "evenness": even_chart.chart(evenness(viewer, now=now, is_last=is_last)),
        "is_last": is_last,
        "table": figures.table(found, link),
    }
    return render(request, "discipline/kept.html", context)


@require_safe
def kept_meetings(request: HttpRequest) -> HttpResponse:
    """Show the meetings behind a cell: ?leader=, ?cadence=, ?week= (its Monday)."""
    viewer = _leader(request)
    leader = whole_number(request.GET.get("leader"))
    person = visible_or_404(User.objects, viewer, pk=leader) if leader else None
    monday = _monday(request.GET.get("week", ""))
    found = behind(
        viewer,
        leader=leader,
        cadence=whole_number(request.GET.get("cadence")),
        monday=monday,
        now=timezone.now(),
    )
    context = {
        "found": found,
        "words": figures.words(found.tally),
        "person": person,
        "monday": monday,
    }
    return render(request, "discipline/kept_meetings.html", context)


def _monday(value: str) -> date | None:
    """Return the Monday of the day that was asked for; None for all weeks."""
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise Http404 from error
    if day.year not in YEARS:
        raise Http404
    return day - timedelta(days=day.weekday())
