"""What the deals of the table come to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pipeline.opportunities.selectors.questions import question_from
from pipeline.opportunities.selectors.totals import MOST_GROUPS, totals_of
from rhythm.people.access import acting_user
from rhythm.web.htmx import render_part


@require_safe
def opportunity_totals(request: HttpRequest) -> HttpResponse:
    """Show what the deals that are asked for come to, in all and by group.

    The table loads it after itself: sums read every deal, a page of rows does not.
    """
    viewer = acting_user(request)
    question = question_from(request.GET)
    context = {
        "question": question,
        "totals": totals_of(viewer, question, now=timezone.now()),
        "most_groups": MOST_GROUPS,
    }
    return render_part(
        request, "opportunities/opportunity_totals.html", "totals", context
    )
