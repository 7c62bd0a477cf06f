"""Search over deals, accounts and people, from every page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rhythm.people.access import acting_user
from rhythm.web.htmx import render_part, wants_part
from scorecards.homes.selectors import search as selectors


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what ?q= finds: fewer of each kind while somebody types in the top bar."""
    text = selectors.cleaned(request.GET.get("q", ""))
    is_typed = wants_part(request)
    most = selectors.MOST_SUGGESTED if is_typed else selectors.MOST
    context = {
        "text": text,
        "is_enough": selectors.is_enough(text),
        "groups": selectors.found(acting_user(request), text, most=most),
        "is_typed": is_typed,
    }
    return render_part(request, "homes/search.html", "results", context)
