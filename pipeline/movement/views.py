"""Where the pipeline moved, and the deals behind every bar."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pipeline.movement import figures
from pipeline.movement.bars import BARS
from pipeline.movement.nights import trend
from pipeline.movement.selectors.bars import movement_of
from pipeline.movement.selectors.funnel import funnel_of, part_of
from pipeline.movement.selectors.funnel import rows_of as part_rows
from pipeline.movement.selectors.page import (
    Question,
    cohort_names,
    preset_names,
    question_of,
)
from pipeline.movement.selectors.rows import Rows, Told, rows_of
from pipeline.movement.selectors.trend import trend_of
from rhythm.people.access import acting_user
from rhythm.people.models import User
from rhythm.web.charts import Chart
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.numbers import whole_number


@require_safe
def movement(request: HttpRequest) -> HttpResponse:
    """Show what moved between two days; to htmx the charts alone."""
    viewer = acting_user(request)
    question = question_of(viewer, request.GET, now=timezone.now())
    found = movement_of(viewer, question.choices.scope, question.span)
    currency = question.currency

    def link(bar: str) -> str:
        return f"{reverse('movement:movement_deals')}?{question.address(bar=bar)}"

    charts = [
        figures.waterfall(found, currency, link),
        figures.moves(found, currency, link),
    ]
    context = {
        "question": question,
        "movement": found,
        "charts": [] if found.is_empty else charts,
        "funnel": _funnel(viewer, question, currency, link),
        "trend": _trend(viewer, question, currency),
        "preset_names": preset_names(),
        "cohort_names": cohort_names(),
        "is_part": wants_part(request),
    }
    return render_part(request, "movement/movement.html", "movement", context)


def _funnel(
    viewer: User, question: Question, currency: str, link: figures.Link
) -> Chart | None:
    process = question.choices.main_process
    stages = question.choices.main_stages
    if process is None or not stages:
        return None
    scope = question.choices.scope_of(process)
    steps = funnel_of(viewer, scope, question.began, process, stages)
    return figures.funnel(steps, currency, link) if steps[0].reached else None


def _trend(viewer: User, question: Question, currency: str) -> Chart | None:
    nights = trend_of(viewer, question.choices.scope, question.span)
    return trend(nights, currency, question.today) if nights else None


@require_safe
def movement_deals(request: HttpRequest) -> HttpResponse:
    """Show the deals that one bar counts, old and new values beside each other."""
    viewer = acting_user(request)
    question = question_of(viewer, request.GET, now=timezone.now())
    name = request.GET.get("bar", "")
    rows, label, meaning, is_change = _rows(viewer, question, name, _page(request))
    context: dict[str, Any] = {
        "question": question,
        "rows": rows,
        "label": label,
        "meaning": meaning,
        "is_change": is_change,
        "deals_text": figures.deals_text(rows.deals),
        "back": f"{reverse('movement:movement')}?{question.address()}",
    }
    return render_part(request, "movement/movement_deals.html", "deals", context)


def _rows(
    viewer: User, question: Question, name: str, page: int
) -> tuple[Rows, str, str, bool]:
    """Return the bar's rows, its label and meaning, and if values before are told.

    Raises Http404 if there is no such bar.
    """
    scope, told = question.choices.scope, Told(question.today, question.currency)
    if bar := BARS.get(name):
        rows = rows_of(viewer, scope, question.span, bar, page, told)
        return rows, str(bar.label), str(bar.meaning), True
    process = question.choices.main_process
    stages = question.choices.main_stages
    part = part_of(name, stages)
    if process is None or part is None:
        raise Http404
    rows = part_rows(
        viewer,
        question.choices.scope_of(process),
        question.began,
        process,
        stages,
        part,
        page,
        told,
    )
    return rows, part.label, _("Of the deals that began in the chosen time."), False


def _page(request: HttpRequest) -> int:
    return whole_number(request.GET.get("page")) or 1
