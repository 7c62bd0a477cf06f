"""The board: deals by stage, and more cards of a stage."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pipeline.opportunities.selectors.board import board_of, column_page
from pipeline.opportunities.selectors.filters import close_names, filters_from
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.opportunities.selectors.sources import origins
from pipeline.opportunities.views.tools import other_rep
from pipeline.process.models import Stage
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.htmx import render_part, wants_part

TEMPLATE = "opportunities/board.html"
# What the filter form sends; the rest of an address is not carried on.
NAMES = (
    *("q", "rep", "flag", "closes", "process", "stage", "state"),
    *("team", "above", "manager", "account", "quarter"),
)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show the pipeline by stage; to htmx the columns and the totals."""
    return render_part(request, TEMPLATE, "board", board_context(request, request.GET))


@require_safe
def board_cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Show more cards of a stage, after the key that `after` names."""
    viewer = acting_user(request)
    stage = visible_or_404(Stage.objects.open(), viewer, pk=pk)
    now = timezone.now()
    page = column_page(
        viewer,
        stage,
        filters_from(request.GET),
        request.GET.get("after", ""),
        now=now,
        origins=origins(viewer, now),
    )
    context = {
        "column": page,
        "carried": carried(request.GET),
        "log_url": reverse("activities:log"),
        "can_move": may_edit(viewer),
    }
    return render(request, "opportunities/_cards.html", context)


def board_context(request: HttpRequest, values: QueryDict) -> dict[str, Any]:
    """Return what the board's template needs. values are those of its address."""
    viewer = acting_user(request)
    filters = filters_from(values)
    now = timezone.now()
    known = origins(viewer, now)
    found = board_of(viewer, filters, now=now, origins=known)
    filled = [each.stage.pk for each in found.columns if each.cards]
    columns = [each.stage.pk for each in found.columns]
    chosen = filters.stage if filters.stage in columns else next(iter(filled), None)
    return {
        "board": found,
        "filters": filters,
        "other_rep": other_rep(viewer, filters, {each.id for each in found.reps}),
        "flag_names": flag_names(),
        "close_names": close_names(),
        "carried": carried(values),
        "chosen_stage": chosen or next(iter(columns), None),
        "is_part": wants_part(request),
        "log_url": reverse("activities:log"),
        "can_move": may_edit(viewer),
        "origins": known,
    }


def may_edit(viewer: User) -> bool:
    """Return whether what this person sees here is, by and large, the own to change.

    Executives only read. Each change asks again for the deal itself.
    """
    return viewer.is_admin or viewer.is_manager or not viewer.is_executive


def carried(values: QueryDict, **changes: str) -> str:
    """Return the filters as the rest of an address, without empty ones."""
    pairs = {name: values.get(name, "") for name in NAMES} | changes
    return urlencode({name: value for name, value in pairs.items() if value})
