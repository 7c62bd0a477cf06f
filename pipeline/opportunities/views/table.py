"""The table of deals, and its cells that are edited in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.opportunities import services
from pipeline.opportunities.forms.cells import CELLS, CellForm, value_text
from pipeline.opportunities.models import Opportunity, Outcome
from pipeline.opportunities.selectors.cards import Row
from pipeline.opportunities.selectors.filters import close_names
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.opportunities.selectors.questions import SORTS, Question, question_from
from pipeline.opportunities.selectors.saved_views import ViewRow, Views, views_of
from pipeline.opportunities.selectors.sources import origins
from pipeline.opportunities.selectors.table import LABELS, table_of
from pipeline.opportunities.services.bulk import MOST
from pipeline.opportunities.views.board import may_edit
from pipeline.opportunities.views.bulk import may_give
from pipeline.opportunities.views.tools import tools_of
from rhythm.people.access import acting_user, editable_or_403
from rhythm.web.conflicts import with_version
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.numbers import whole_number
from rhythm.web.versions import Conflict

TEMPLATE = "opportunities/opportunity_list.html"


@require_safe
def opportunity_list(request: HttpRequest) -> HttpResponse:
    """Show deals as a table: sorted by any column, narrowed, edited in place."""
    viewer = acting_user(request)
    question = question_from(request.GET)
    views = views_of(viewer, question)
    if begins_with := _first_asked(request, question, views):
        return redirect(f"{request.path}?{begins_with.address}")
    if views.current is None:
        question = replace(question, view=None)
    now = timezone.now()
    known = origins(viewer, now)
    table = table_of(
        viewer,
        question,
        whole_number(request.GET.get("page")) or 1,
        now=now,
        can_edit=may_edit(viewer),
        origins=known,
    )
    context = {
        "table": table,
        "filters": question.filters,
        "heads": _heads(question),
        "cell_labels": _cell_labels(),
        "flag_names": flag_names(),
        "close_names": close_names(),
        "state_names": _states(),
        "is_part": wants_part(request),
        "can_create": viewer.is_rep or viewer.is_manager,
        "origins": known,
        "can_choose": may_edit(viewer),
        "can_give": may_give(viewer),
        "most_chosen": MOST,
        **tools_of(viewer, question, views, {each.id for each in table.reps}),
    }
    return render_part(request, TEMPLATE, "table", context)


def _first_asked(
    request: HttpRequest, question: Question, views: Views
) -> ViewRow | None:
    """Return the view that an address without a question of its own means.

    A bare address means the default one, `?view=3` that one.
    """
    if not request.GET:
        return views.default
    if views.current and set(request.GET) == {"view"} and views.is_changed:
        return views.current
    return None


def _heads(question: Question) -> list[dict[str, Any]]:
    """Return the heads of the columns that are shown."""
    shown = ("account", "name", *question.columns)
    return [
        _head(name, label, question) for name, label in LABELS.items() if name in shown
    ]


def _cell_labels() -> dict[str, str]:
    return {
        "next_step": _("Next step"),
        "next_step_on": _("Next step on"),
        "close_on": _("Close date"),
        "amount": _("Amount"),
    }


def _states() -> dict[str, Any]:
    return {
        "closed": _("Closed deals"),
        **dict(Outcome.choices),
        "decided": _("Won or lost"),
        "all": _("Open and closed"),
    }


def _head(name: str, label: Any, question: Question) -> dict[str, Any]:
    """Return a column's head: where a click on it leads, and how it is sorted now."""
    sort = question.sort
    is_sorted, is_down = sort.removeprefix("-") == name, sort.startswith("-")
    turned = _turned(name, is_sorted and not is_down)
    return {
        "name": name,
        "label": label,
        # Empty where there is no order by it.
        "address": question.address(sort=turned) if name in SORTS else "",
        "state": ("descending" if is_down else "ascending") if is_sorted else "",
    }


def _turned(name: str, is_up: bool) -> str:
    return f"-{name}" if is_up else name


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_cell(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Show one value of a deal, its small form (`?edit=1`), or save it."""
    if field not in CELLS:
        raise Http404
    by = acting_user(request)
    opportunity = editable_or_403(Opportunity.objects, by, pk=pk)
    if not wants_part(request) and request.method != "POST":
        return redirect("opportunities:opportunity_edit", pk)
    is_kept = field in origins(by, timezone.now()).owned(opportunity)
    if request.method != "POST":
        if "edit" not in request.GET or is_kept:
            return _cell(request, opportunity, field)
        return _form(request, opportunity, field, CellForm(field, opportunity))
    form = CellForm(field, opportunity, request.POST)
    if not form.is_valid():
        return _form(request, opportunity, field, form, status=422)
    try:
        saved = services.edit(
            opportunity,
            {field: form.cleaned_data["value"]},
            by=by,
            shown_version=form.cleaned_data["version"],
        )
    except Conflict as conflict:
        current = conflict.current
        with_version(form, current.version)
        return _form(request, current, field, form, status=409)
    except ValidationError as error:
        form.add_error("value", list(error.messages))
        return _form(request, opportunity, field, form, status=422)
    if not wants_part(request):
        return redirect("opportunities:opportunity_list")
    return _cell(request, saved, field)


def _cell(request: HttpRequest, opportunity: Any, field: str) -> HttpResponse:
    origin = origins(acting_user(request), timezone.now()).of(opportunity)
    context = {
        "row": Row(
            id=opportunity.pk,
            name=opportunity.name,
            can_edit=True,
            kept=origin.owned if origin else frozenset(),
            crm=origin.title if origin else "",
        ),
        "field": field,
        "label": CELLS[field].label,
        "text": _text(request, opportunity, field),
    }
    return render(request, "opportunities/_cell.html", context)


def _form(
    request: HttpRequest,
    opportunity: Any,
    field: str,
    form: forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "opportunity": opportunity,
        "field": field,
        "label": CELLS[field].label,
        "form": form,
        "theirs": _text(request, opportunity, field) if status == 409 else None,
    }
    return render(request, "opportunities/_cell_form.html", context, status=status)


def _text(request: HttpRequest, opportunity: Any, field: str) -> str:
    viewer = acting_user(request)
    return value_text(
        getattr(opportunity, field),
        currency=viewer.organisation.currency,
        today=viewer.today(timezone.now()),
    )
