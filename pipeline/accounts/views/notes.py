"""Notes at a plan in its review: the shared one of the chair, and everybody's own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from pipeline.accounts import services
from pipeline.accounts.views.seats import (
    PAGE,
    item_or_404,
    step_context,
    take_chair,
    take_seat,
)
from rhythm.calendar.forms.running import NoteForm
from rhythm.calendar.views.seats import note_came_too_late
from rhythm.web.htmx import wants_part
from rhythm.web.versions import Conflict


@require_POST
def review_note(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Keep the shared note while it is written."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        more = {"my_note": form.typed, "note_form": form}
        return _again(request, pk, item_pk, "note", status=422, **more)
    text = form.cleaned_data["text"]
    shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
    try:
        services.write_note(item, text, by=seat.viewer, shown_version=shown)
    except Conflict as conflict:
        theirs: Any = conflict.current
        changes = [(_("Note"), theirs.note, text)]
        more = {"my_note": text, "changes": changes}
        return _again(request, pk, item_pk, "note", status=409, **more)
    except ValidationError as error:
        back = seat.review.get_absolute_url()
        return note_came_too_late(request, text, error, back=back)
    return _saved(request, pk, item_pk, "note")


@require_POST
def review_private_note(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Keep the viewer's own note, which nobody else reads."""
    seat = take_seat(request, pk)
    item = item_or_404(seat, item_pk)
    form, which = NoteForm(request.POST), "private_note"
    if not form.is_valid():
        more = {"my_private_note": form.typed, "private_form": form}
        return _again(request, pk, item_pk, which, status=422, **more)
    text = form.cleaned_data["text"]
    shown = None if "overwrite" in request.POST else form.cleaned_data["version"] or 0
    try:
        services.write_private_note(item, text, author=seat.viewer, shown_version=shown)
    except Conflict as conflict:
        theirs: Any = conflict.current
        changes = [(_("Private note"), theirs.text, text)]
        more = {"my_private_note": text, "changes": changes}
        return _again(request, pk, item_pk, which, status=409, **more)
    return _saved(request, pk, item_pk, "private")


def _saved(request: HttpRequest, pk: int, item_pk: int, kind: str) -> HttpResponse:
    if not wants_part(request):
        return redirect("accounts:review_item", pk, item_pk)
    seat = take_seat(request, pk)
    context = step_context(seat, item_pk, with_plan=False, kind=kind)
    return render(request, "accounts/room/_note_saved.html", context)


def _again(
    request: HttpRequest, pk: int, item_pk: int, which: str, *, status: int, **more: Any
) -> HttpResponse:
    """Answer with the note's whole box: it has something to say about the text."""
    is_part = wants_part(request)
    seat = take_seat(request, pk)
    context = step_context(seat, item_pk, with_plan=not is_part, **more)
    name = f"accounts/room/_{which}.html" if is_part else PAGE
    response = render(request, name, context | {"is_part": is_part}, status=status)
    target = "#rv-note" if which == "note" else "#rv-private"
    return reswap(retarget(response, target), "outerHTML")
