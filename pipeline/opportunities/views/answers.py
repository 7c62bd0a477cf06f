"""What a change of a deal answers, wherever on the site it was made."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.views import board, detail
from rhythm.people.access import acting_user
from rhythm.web.htmx import htmx_of, wants_part
from rhythm.web.http import close_sheet, safe_next


def page_behind(request: HttpRequest) -> str:
    """Return the address of the open page that htmx asks from, or ""."""
    htmx = htmx_of(request)
    return htmx.current_url_abs_path or "" if htmx else ""


def left_form(request: HttpRequest, default: str, *forms: str) -> HttpResponse | None:
    """Lead on from a form that was a page of its own; None where it was a sheet.

    forms are further addresses of the form: of one that something else removes from.
    """
    if urlsplit(page_behind(request)).path not in (request.path, *forms):
        return None
    return HttpResponseClientRedirect(safe_next(request, default))


def changed(
    request: HttpRequest, opportunity: Opportunity, *forms: str
) -> HttpResponse:
    """Show the page that the person is on again, after a change of the deal.

    The board swaps its columns, the deal's own page itself; others are loaded again.
    A form that was a page of its own is done, and leads where it says; for forms see
    `left_form`.
    """
    here = opportunity.get_absolute_url()
    behind = page_behind(request)
    if not wants_part(request):
        return redirect(safe_next(request, here))
    if done := left_form(request, here, *forms):
        return done
    parts = urlsplit(behind)
    if parts.path == reverse("opportunities:board"):
        context = board.board_context(request, QueryDict(parts.query))
        response = render(request, f"{board.TEMPLATE}#board", context)
        return close_sheet(reswap(retarget(response, "#board"), "outerHTML"))
    if parts.path == here:
        context = detail.detail_context(opportunity.pk, acting_user(request))
        response = render(request, f"{detail.TEMPLATE}#deal", context)
        return close_sheet(reswap(retarget(response, "#deal-page"), "outerHTML"))
    return HttpResponseClientRedirect(behind or here)


def sheet(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the sheet of `template`, whatever element htmx meant to swap.

    Without htmx, the whole page with the sheet in it.
    """
    name = f"{template}#sheet" if wants_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if wants_part(request):
        reswap(retarget(response, "#sheet"), "innerHTML")
    return response
