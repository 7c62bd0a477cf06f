"""Health: whether it runs, for admins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from rhythm.people.access import acting_user, admin_required
from rhythm.web.htmx import render_part
from scorecards.homes.selectors.health import health as look


@admin_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Show what runs and how, and again every half a minute."""
    found = look(acting_user(request), timezone.now())
    return render_part(request, "homes/health.html", "health", {"health": found})
