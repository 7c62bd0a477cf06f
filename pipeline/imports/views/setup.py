"""The three pages of questions: files, columns, matching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.imports import forms, services
from pipeline.imports.forms.columns import chosen_columns, preset_columns
from pipeline.imports.forms.matching import chosen_answers, chosen_process
from pipeline.imports.models import ImportRun
from pipeline.imports.questions import COLUMNS, FILES, MATCHING
from pipeline.imports.selectors import setup
from pipeline.imports.selectors.columns import mapping_cards
from pipeline.imports.selectors.matching import matching
from pipeline.imports.services import OPEN_STATES
from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.web.versions import Conflict

NEXT = {FILES: "imports:import_columns", COLUMNS: "imports:import_matching"}


def _page(
    request: HttpRequest,
    pk: int,
    step: str,
    save: Callable[[ImportRun], ImportRun],
    shown: Callable[[ImportRun], dict[str, Any]],
) -> HttpResponse:
    """Answer a page of questions: show it, or save it and go on to the next."""
    run = editable_or_403(ImportRun.objects, acting_user(request), pk=pk)
    if run.state not in OPEN_STATES:
        return redirect(run)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            run = save(run)
        except ValidationError as error:
            problems, status = list(error.messages), 422
        except Conflict:
            run.refresh_from_db()
            problems, status = [_changed()], 409
        else:
            return _next(request, run, step)
    context = {
        "run": run,
        "steps": setup.steps(run, step),
        "step": step,
        "problems": problems,
        "questions": setup.questions_of(run, step),
        "is_saved": "saved" in request.GET,
        **shown(run),
    }
    return render(request, f"imports/import_{step}.html", context, status=status)


def _changed() -> str:
    return _("Somebody changed this import while you looked. This is how it is now.")


def _next(request: HttpRequest, run: ImportRun, step: str) -> HttpResponse:
    """Go on, or stay where something is still to be said or was only looked at."""
    here = f"imports:import_{step}"
    if "stay" in request.POST:
        return redirect(here, run.pk)
    if setup.questions_of(run, step):
        response = redirect(here, run.pk)
        response["Location"] += "?saved=1#questions"
        return response
    if step == MATCHING:
        return redirect("imports:import_detail", run.pk)
    return redirect(NEXT[step], run.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what each file is and how it reads."""

    def save(run: ImportRun) -> ImportRun:
        return services.choose_files(
            run,
            forms.file_choices(run, request.POST),
            source=run.source,
            shown_version=forms.shown_version(request.POST),
        )

    def shown(run: ImportRun) -> dict[str, Any]:
        today = acting_user(request).today(timezone.now())
        return {
            "cards": setup.file_cards(run, today),
            "kinds": setup.kind_choices(),
            "encodings": _encodings(),
            "delimiters": setup.DELIMITER_NAMES,
        }

    return _page(request, pk, FILES, save, shown)


def _encodings() -> dict[str, Any]:
    offered = ("utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "mac-roman")
    return {name: setup.ENCODING_NAMES[name] for name in offered}


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which column is which."""

    def save(run: ImportRun) -> ImportRun:
        mappings, keys = chosen_columns(run, request.POST)
        if preset := request.POST.get("preset", ""):
            mappings |= preset_columns(run, preset)
        return services.map_columns(
            run, mappings, keys, shown_version=forms.shown_version(request.POST)
        )

    def shown(run: ImportRun) -> dict[str, Any]:
        return {"cards": mapping_cards(run)}

    return _page(request, pk, COLUMNS, save, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_matching(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what stages, owners and products mean here."""

    def save(run: ImportRun) -> ImportRun:
        if "choose_process" in request.POST:
            answers = chosen_process(request.POST)
        else:
            answers = chosen_answers(run, request.POST)
        return services.answer(
            run, answers, shown_version=forms.shown_version(request.POST)
        )

    def shown(run: ImportRun) -> dict[str, Any]:
        return {"matching": matching(run)}

    return _page(request, pk, MATCHING, save, shown)
