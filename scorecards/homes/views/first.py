"""First pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from rhythm.people.access import acting_user
from scorecards.homes.selectors import first


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to where the own day begins."""
    return redirect(first.first_page(acting_user(request)))
