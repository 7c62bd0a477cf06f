"""The calendar of a person: a week, a month, a quarter on one page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pipeline.meetings.selectors.calendar import calendar_page
from pipeline.meetings.spans import View
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.numbers import whole_number


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the own calendar, or that of somebody whose work one may see.

    What is no view or day shows this week.
    """
    viewer, now = acting_user(request), timezone.now()
    person = viewer
    if asked := request.GET.get("of"):
        person = visible_or_404(User.objects, viewer, pk=whole_number(asked) or 0)
        person = viewer if person == viewer else person
    view = request.GET.get("view", "")
    page = calendar_page(
        person,
        viewer,
        view=View(view) if view in list(View) else View.WEEK,
        on=_day(request.GET.get("on", "")),
        now=now,
    )
    return render(request, "meetings/calendar.html", {"page": page})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
