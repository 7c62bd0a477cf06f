"""Lists of activities, and the parts of other pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pipeline.activities.forms.filters import FilterForm
from pipeline.activities.selectors import lists
from pipeline.opportunities.models import Account, Opportunity
from rhythm.people.access import acting_user, visible_or_404
from rhythm.web.htmx import render_part, wants_part

# ?by= of the list, and what it groups by.
GROUPINGS = {"deal": "opportunity", "customer": "account"}


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """List activities, one by one or ?by= deal or customer."""
    viewer = acting_user(request)
    now = timezone.now()
    form = FilterForm(request.GET, viewer=viewer)
    filters = form.filters()
    before = request.GET.get("before", "")
    by = request.GET.get("by", "")
    context: dict[str, Any] = {"form": form, "by": by if by in GROUPINGS else ""}
    if by in GROUPINGS:
        context["listing"] = lists.grouped(
            GROUPINGS[by], filters, viewer, now=now, before=before
        )
    else:
        context["listing"] = lists.one_by_one(filters, viewer, now=now, before=before)
    context["of"] = _named(filters, viewer)
    template = "activities/activity_list.html"
    return render_part(request, template, "activities", context)


@require_safe
def opportunity_activities(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the latest activities of a deal, as a part of its page."""
    opportunity = visible_or_404(Opportunity.objects, acting_user(request), pk=pk)
    return _block(request, opportunity, f"?opportunity={pk}")


@require_safe
def account_activities(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the latest activities of an account, as a part of its page."""
    account = visible_or_404(Account.objects.now_of(pk), acting_user(request))
    return _block(request, account, f"?account={account.pk}")


def _block(
    request: HttpRequest, record: Opportunity | Account, query: str
) -> HttpResponse:
    every = reverse("activities:activity_list") + query
    if not wants_part(request):
        return redirect(every)
    viewer = acting_user(request)
    context = {
        "listing": lists.block(record, viewer, now=timezone.now()),
        "of": "deal" if isinstance(record, Opportunity) else "account",
        "every": every,
        "again": request.path,
    }
    return render(request, "activities/_block.html", context)


def _named(filters: lists.Filters, viewer: Any) -> str:
    """Return the name of the deal or account that the list is of, "" for no such."""
    if filters.opportunity is not None:
        deals = Opportunity.objects.visible_to(viewer)
        return str(deals.filter(pk=filters.opportunity).first() or "")
    if filters.account is not None:
        accounts = Account.objects.visible_to(viewer)
        return str(accounts.now_of(filters.account).first() or "")
    return ""
