"""First pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rhythm.people.access import acting_user
from scorecards.homes.selectors import first
from scorecards.homes.selectors.scorecard import scorecard as scorecard_of
from scorecards.homes.selectors.team import team_week as team_week_of
from scorecards.homes.selectors.week import week_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to where the own day begins."""
    return redirect(first.first_page(acting_user(request)))


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Show what the person promised, what comes next, and which own deals need them."""
    viewer, now = acting_user(request), timezone.now()
    context = {
        "week": week_of(viewer, now=now),
        "today": viewer.today(now),
        "may_log": viewer.is_rep or viewer.is_manager,
    }
    return render(request, "homes/week.html", context)


@require_safe
def team_week(request: HttpRequest) -> HttpResponse:
    """Show who needs the manager, the reviews to run, and what is owed."""
    viewer, now = acting_user(request), timezone.now()
    if not viewer.is_manager:
        raise Http404
    context = {"team": team_week_of(viewer, now=now), "today": viewer.today(now)}
    return render(request, "homes/team_week.html", context)


@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    """Show those who see all how the pipeline moves, and whether reviews are held."""
    viewer, now = acting_user(request), timezone.now()
    if not viewer.sees_all:
        raise Http404
    context = {"card": scorecard_of(viewer, now=now), "today": viewer.today(now)}
    return render(request, "homes/scorecard.html", context)
