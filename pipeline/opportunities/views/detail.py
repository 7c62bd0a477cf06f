"""The page of one deal, and its history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.sources import KEPT_FIELDS
from pipeline.opportunities.selectors.around import with_parts
from pipeline.opportunities.selectors.detail import detail_of
from pipeline.opportunities.selectors.history import timeline
from pipeline.opportunities.selectors.sources import origins
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.htmx import render_part

TEMPLATE = "opportunities/opportunity_detail.html"


def deals() -> Any:
    """Return the deals with what their page reads of each."""
    return Opportunity.objects.select_related(
        "stage", "account", "owner", "process", "closed_from"
    )


@require_safe
def opportunity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one deal: stage path, gate, people, outcomes, what blocks it."""
    context = detail_context(pk, acting_user(request))
    return render_part(request, TEMPLATE, "deal", context)


def detail_context(pk: int, viewer: User) -> dict[str, Any]:
    """Return what the page of a deal and its part need; 404 if it is hidden."""
    opportunity = visible_or_404(with_parts(deals(), viewer), viewer, pk=pk)
    can_edit = opportunity.is_editable
    now = timezone.now()
    origin = origins(viewer, now).of(opportunity)
    return {
        "opportunity": opportunity,
        "origin": origin,
        "kept": [KEPT_FIELDS[name] for name in KEPT_FIELDS if name in origin.owned]
        if origin
        else [],
        "is_stage_kept": bool(origin and "stage" in origin.owned),
        "is_owner_kept": bool(origin and "owner" in origin.owned),
        "detail": detail_of(opportunity, viewer=viewer, now=now),
        "can_edit": can_edit,
        "can_assign": can_edit and (viewer.is_admin or viewer.is_manager),
        "activities_url": reverse(
            "activities:opportunity_activities", args=[opportunity.pk]
        ),
        "log_url": reverse("activities:log"),
    }


@require_safe
def opportunity_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what ever changed on a deal, the latest first."""
    viewer = acting_user(request)
    opportunity = visible_or_404(deals(), viewer, pk=pk)
    changes = timeline(opportunity, viewer=viewer, now=timezone.now())
    context = {"opportunity": opportunity, "changes": changes}
    template = "opportunities/opportunity_history.html"
    return render_part(request, template, "history", context)
