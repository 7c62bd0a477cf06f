"""Agendas: the list, the form with its blocks, and where status goes instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.calendar.agendas import blocks_for
from rhythm.calendar.forms.agendas import (
    PREFIX,
    AgendaForm,
    BlockFormSet,
    blocks_sent,
    rearranged,
    total_of,
)
from rhythm.calendar.models import AgendaTemplate, MeetingKind
from rhythm.calendar.selectors import agendas as selectors
from rhythm.calendar.services import agendas as services
from rhythm.calendar.views.cadences import may_make
from rhythm.people.access import acting_user, editable_or_403
from rhythm.people.models import Team, User
from rhythm.web.conflicts import beside_theirs
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

FORM = "calendar/agenda_form.html"
LIST = "calendar/agenda_list.html"


@require_safe
def agenda_list(request: HttpRequest) -> HttpResponse:
    """Show the agendas that there are, and who uses them."""
    return _list(request)


@require_safe
def preread_about(request: HttpRequest) -> HttpResponse:
    """Show what the pre-read holds: what needs no time in a meeting."""
    return render(request, "calendar/preread_about.html")


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_create(request: HttpRequest) -> HttpResponse:
    """Make an agenda, or change the blocks that stand in its form."""
    editor = acting_user(request)
    if not may_make(editor):
        raise PermissionDenied
    team = None if editor.is_admin else Team.objects.filter(manager=editor).first()
    kind = MeetingKind.TEAM_MEETING
    agenda = AgendaTemplate(team=team, kind=kind)
    start = [
        {"kind": each.kind, "minutes": each.minutes, "how": each.how}
        for each in blocks_for(kind)
    ]
    return _edit(request, agenda, editor, start)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an agenda, or the blocks that stand in its form."""
    editor = acting_user(request)
    found = AgendaTemplate.objects.select_related("team")
    agenda = editable_or_403(found, editor, pk=pk)
    start: list[dict[str, Any]] = []
    if request.method != "POST":
        start = [{**each} for each in agenda.blocks.values(*services.BLOCK)]
    return _edit(request, agenda, editor, start)


@require_POST
def agenda_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer an agenda to cadences, or not any more."""
    editor = acting_user(request)
    agenda = editable_or_403(AgendaTemplate.objects, editor, pk=pk)
    is_active = request.POST.get("to") == "on"
    shown = whole_number(request.POST.get("version")) or 0
    try:
        services.switch_agenda(
            agenda, is_active=is_active, by=editor, shown_version=shown
        )
    except Conflict:
        text = _("Somebody changed this meanwhile. This is how it stands now.")
        return _list(request, text, 409)
    toast(request, _("It is offered again") if is_active else _("Switched off"))
    return go(request, "calendar:agenda_list")


def _edit(
    request: HttpRequest,
    agenda: AgendaTemplate,
    editor: User,
    start: Sequence[dict[str, Any]],
) -> HttpResponse:
    """Answer with the form, with its blocks rearranged, or save what it says."""
    if request.method != "POST":
        form = AgendaForm(None, instance=agenda, editor=editor)
        return _page(request, form, BlockFormSet(initial=start, prefix=PREFIX), editor)
    if "do" in request.POST:
        return _rearrange(request, agenda, editor)
    form = AgendaForm(request.POST, instance=agenda, editor=editor)
    # A block that says what an empty one says is one all the same.
    every = {"empty_permitted": False}
    blocks = BlockFormSet(request.POST, prefix=PREFIX, form_kwargs=every)
    # Both, so that everything that is wrong is said at once.
    if all([form.is_valid(), blocks.is_valid()]):
        try:
            with errors_to(form):
                _save(form, blocks, editor)
                toast(request, _("Saved. Cadences can use it."))
                return go(request, "calendar:agenda_list")
        except Conflict as conflict:
            names = (*AgendaForm.Meta.fields, "version")
            theirs = {name: getattr(conflict.current, name) for name in names}
            changes = beside_theirs(form, theirs)
            return _page(request, form, blocks, editor, changes=changes, status=409)
    return _page(request, form, blocks, editor, status=422)


def _save(form: AgendaForm, blocks: Any, editor: User) -> None:
    said = [each.values() for each in blocks]
    agenda, data = form.instance, form.cleaned_data
    if agenda.pk is None:
        key = data["submission_key"]
        services.make_agenda(form.values(), said, by=editor, submission_key=key)
        return
    shown = data["version"]
    services.edit_agenda(agenda, form.values(), said, by=editor, shown_version=shown)


def _rearrange(
    request: HttpRequest, agenda: AgendaTemplate, editor: User
) -> HttpResponse:
    """Answer with the blocks as a button says. Nothing is saved, nothing typed lost."""
    blocks, touched = rearranged(blocks_sent(request.POST), request.POST["do"])
    said = {
        name: request.POST.get(name, "")
        for name in ("name", "kind", "team", "version", "submission_key")
    }
    form = AgendaForm(None, instance=agenda, editor=editor, initial=said)
    made = BlockFormSet(initial=blocks, prefix=PREFIX)
    return _page(request, form, made, editor, rows=blocks, touched=touched)


def _page(
    request: HttpRequest,
    form: AgendaForm,
    blocks: Any,
    editor: User,
    *,
    rows: list[dict[str, Any]] | None = None,
    touched: int = -1,
    changes: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the form. rows are its blocks, None for those sent or begun with."""
    agenda = form.instance
    if rows is None:
        sent = blocks_sent(request.POST)
        rows = sent if request.method == "POST" else blocks.initial or []
    total = total_of(rows)
    route = "calendar:agenda_edit" if agenda.pk else "calendar:agenda_create"
    context = {
        "form": form,
        "agenda": agenda,
        "blocks": blocks,
        "total": selectors.minutes_words(total),
        "uses": selectors.uses_of(agenda, editor, total) if agenda.pk else [],
        "url": reverse(route, args=[agenda.pk] if agenda.pk else []),
        "may_add": len(rows) < services.MOST_BLOCKS,
        "touched": touched,
        "changes": changes,
    }
    part = "total" if request.POST.get("do") == "total" else "blocks"
    if "do" not in request.POST:
        return render(request, FORM, context, status=status)
    return render_part(request, FORM, part, context, status=status)


def _list(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    viewer = acting_user(request)
    context = {
        "agendas": selectors.agenda_list(
            viewer, after=whole_number(request.GET.get("after"))
        ),
        "may_make": may_make(viewer),
        "error": error,
    }
    return render(request, LIST, context, status=status)
