"""The page on which a rep prepares the own deals for a review."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget

from pipeline.reviews import services
from pipeline.reviews.forms import PrepareForm
from pipeline.reviews.models import ReviewItem
from pipeline.reviews.selectors.preparing import PreparePage, prepare_page
from pipeline.reviews.services import Overtaken
from pipeline.reviews.views.shared import Seat, take_seat
from pipeline.reviews.words import PREPARED_WORDS
from rhythm.web.htmx import wants_part
from rhythm.web.toasts import toast

PAGE = "reviews/review_prepare.html"


@require_http_methods(["GET", "HEAD", "POST"])
def review_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the own deals with three short fields each, or keep what they say."""
    seat = take_seat(request, pk)
    page = prepare_page(seat.review, seat.viewer, now=seat.now)
    if request.method == "POST":
        return _save(request, seat, page)
    if not page.is_open:
        return redirect("reviews:review_detail", pk)
    return _show(request, page, _forms(page))


def _forms(page: PreparePage, sent: Any = None) -> dict[int, PrepareForm]:
    return {
        deal.pk: PrepareForm(
            sent,
            initial={"version": deal.version, **deal.values},
            prefix=f"d{deal.pk}",
            auto_id="%s",
        )
        for deal in page.deals
        # What came onto the agenda meanwhile was not in the form.
        if sent is None or f"d{deal.pk}-version" in sent
    }


def _save(request: HttpRequest, seat: Seat, page: PreparePage) -> HttpResponse:
    if not page.deals:
        raise PermissionDenied
    forms = _forms(page, request.POST)
    wrong = [each for each in forms.values() if not each.is_valid()]
    if wrong:
        return _show(request, page, forms, status=422)
    overwrites = "overwrite" in request.POST
    said = {pk: form.said(overwrites=overwrites) for pk, form in forms.items()}
    try:
        services.write_preparation(seat.review, said, by=seat.viewer, now=seat.now)
    except Overtaken as overtaken:
        changes = _changes(overtaken.items, forms)
        return _show(request, page, forms, status=409, changes=changes)
    except ValidationError as error:
        return _show(request, page, forms, status=422, error=" ".join(error.messages))
    if not wants_part(request):
        toast(request, _("Saved. You can change it until the review is finished."))
        return redirect("reviews:review_prepare", seat.review.pk)
    anew = prepare_page(seat.review, seat.viewer, now=seat.now)
    context = {"page": anew, "now": seat.now, "is_part": True}
    return render(request, f"{PAGE}#saved", context)


def _changes(
    items: list[ReviewItem], forms: dict[int, PrepareForm]
) -> list[tuple[str, str, str]]:
    """Return what stands there now beside what was typed."""
    return [
        (str(label), theirs, yours)
        for item in items
        for name, label in PREPARED_WORDS.items()
        if (theirs := getattr(item, name))
        != (yours := forms[item.pk].cleaned_data[name])
    ]


def _show(
    request: HttpRequest,
    page: PreparePage,
    forms: dict[int, PrepareForm],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with the page; an autosave that was refused, with the whole form."""
    is_part = wants_part(request) and request.method == "POST"
    context = {
        "page": page,
        "rows": [(deal, forms[deal.pk]) for deal in page.deals if deal.pk in forms],
        "url": reverse("reviews:review_prepare", args=[page.review_pk]),
        **more,
    }
    template = f"{PAGE}#form" if is_part else PAGE
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if is_part:
        return reswap(retarget(response, "#prepare-form"), "outerHTML")
    return response
