"""Deals with what the sheets about them show."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from rhythm.people.access import acting_user, editable_or_403
from rhythm.web.http import go
from rhythm.web.toasts import toast


def shown_deals() -> OpportunityQuerySet:
    """Return the deals with what stands at the head of a sheet."""
    return Opportunity.objects.select_related("stage", "account", "owner")


def editable_deal(request: HttpRequest, pk: int) -> Opportunity:
    """Return a deal that the person may change; otherwise answer 403 or 404."""
    return editable_or_403(shown_deals(), acting_user(request), pk=pk)


type View = Callable[[HttpRequest, int], HttpResponse]


def follows_merges(model: type[Account | Contact]) -> Callable[[View], View]:
    """Return a decorator for views of one record: a merged one leads to what it is now.

    Costs a query where there is no such record, and nothing otherwise.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def follow(request: HttpRequest, pk: int) -> HttpResponse:
            try:
                return view(request, pk)
            except Http404:
                records: Any = model.objects
                gone = records.select_related("merged_into").filter(pk=pk).first()
                if gone is None or gone.merged_into is None:
                    raise
            if request.method == "POST":
                text = _("%(gone)s was merged into %(into)s meanwhile")
                names = {"gone": gone.name, "into": gone.merged_into.name}
                toast(request, text % names, level="warning")
            match = request.resolver_match
            assert match is not None
            return go(request, match.view_name, gone.merged_into_id)

        return follow

    return decorate
