"""Cadences: the list, and the form with what it will do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.calendar.forms.cadences import AskedForm, CadenceForm
from rhythm.calendar.models import Cadence, MeetingKind
from rhythm.calendar.recurrence import weekly
from rhythm.calendar.selectors import cadences as selectors
from rhythm.calendar.selectors.agendas import agenda_words
from rhythm.calendar.selectors.previews import preview
from rhythm.calendar.services import cadences as services
from rhythm.calendar.services.foreseeing import Going, what_goes
from rhythm.calendar.wording import listed_up_to
from rhythm.people.access import acting_user, editable_or_403
from rhythm.people.models import Team, User
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

FORM = "calendar/cadence_form.html"
LIST = "calendar/cadence_list.html"
# So many names of who is told stand in a question.
TOLD_SHOWN = 8


@require_safe
def cadence_list(request: HttpRequest) -> HttpResponse:
    """Show the rules that call meetings, by team."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
def cadence_create(request: HttpRequest) -> HttpResponse:
    """Make a cadence, or show what it would do."""
    editor = acting_user(request)
    if not may_make(editor):
        raise PermissionDenied
    now = timezone.now()
    fresh = _fresh(editor, editor.today(now))
    form = CadenceForm(_sent(request), instance=fresh, editor=editor)
    if "preview" in request.POST:
        return _preview(request, form, fresh, now)
    if form.is_valid():
        with errors_to(form):
            key = form.cleaned_data["submission_key"]
            services.make_cadence(form.values(), by=editor, submission_key=key)
            toast(request, _("Cadence made. Its meetings follow within a minute."))
            return go(request, "calendar:cadence_list")
    return _page(request, form, fresh, now)


@require_http_methods(["GET", "HEAD", "POST"])
def cadence_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a cadence, or show what it would do then."""
    editor, now = acting_user(request), timezone.now()
    found = Cadence.objects.select_related("team", "chair", "agenda")
    cadence = editable_or_403(found, editor, pk=pk)
    form = CadenceForm(_sent(request), instance=cadence, editor=editor)
    if "preview" in request.POST:
        return _preview(request, form, cadence, now)
    if form.is_valid():
        try:
            with errors_to(form):
                services.edit_cadence(
                    cadence,
                    form.values(),
                    by=editor,
                    shown_version=form.cleaned_data["version"],
                )
                toast(request, _("Saved. What is ahead follows within a minute."))
                return go(request, "calendar:cadence_list")
        except Conflict as conflict:
            current = conflict.current
            theirs = {name: getattr(current, name) for name in CadenceForm.Meta.fields}
            changes = differences(form, theirs)
            with_version(form, current.version)
            return _page(request, form, cadence, now, changes=changes, status=409)
    return _page(request, form, cadence, now)


@require_http_methods(["GET", "HEAD", "POST"])
def cadence_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a pause calls off (GET), or let it call nothing for now."""
    if request.method != "POST":
        return _ask(request, _editable(request, pk))
    return _change(request, pk, services.pause_cadence, _("Paused"), ask=_ask)


@require_POST
def cadence_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it call meetings again."""
    return _change(request, pk, services.resume_cadence, _("It calls meetings again"))


@require_http_methods(["GET", "HEAD", "POST"])
def cadence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what an end calls off (GET), or let today be its last day."""
    today = acting_user(request).today(timezone.now())

    def ask(request: HttpRequest, cadence: Cadence, status: int = 200) -> HttpResponse:
        return _ask(request, cadence, status, last_on=today)

    if request.method != "POST":
        return ask(request, _editable(request, pk))

    def end(cadence: Cadence, *, by: User, shown_version: int | None) -> Cadence:
        return services.end_cadence(
            cadence, on=today, by=by, shown_version=shown_version
        )

    return _change(request, pk, end, _("It calls nothing after today"), ask=ask)


def may_make(person: User) -> bool:
    """Return whether the person may make a cadence for some team."""
    return person.is_admin or person.is_manager


def _editable(request: HttpRequest, pk: int) -> Cadence:
    editor = acting_user(request)
    cadence: Cadence = editable_or_403(Cadence.objects, editor, pk=pk)
    return cadence


def _ask(
    request: HttpRequest,
    cadence: Cadence,
    status: int = 200,
    *,
    last_on: date | None = None,
) -> HttpResponse:
    """Ask before meetings are called off. last_on None is a pause.

    status 409 says that somebody changed it meanwhile.
    """
    going = what_goes(cadence, after=last_on, now=timezone.now())
    words = {"name": str(cadence)}
    title, send = _("Pause %(name)s") % words, _("Pause")
    if last_on:
        title, send = _("End %(name)s today") % words, _("End")
    context = {
        "title": title,
        "text": _going_words(going),
        "error": _stale() if status == 409 else "",
        "form": AskedForm(initial={"version": cadence.version}),
        "action": request.path,
        "back": reverse("calendar:cadence_list"),
        "keep": _("Keep it"),
        "send": send,
        "is_danger": True,
    }
    template = "calendar/course_ask.html"
    return render_part(request, template, "sheet", context, status=status)


def _going_words(going: Going) -> str:
    """Return "8 meetings ahead are called off. 2 people are told: Lena and Rita."."""
    if not going.meetings:
        return _("It has no meeting ahead that would be called off.")
    off = ngettext(
        "%(n)d meeting ahead is called off.",
        "%(n)d meetings ahead are called off.",
        going.meetings,
    )
    told = _("Nobody was told of them yet, so nobody hears of it.")
    if going.names:
        told = ngettext(
            "%(n)d person is told: %(names)s.",
            "%(n)d people are told: %(names)s.",
            len(going.names),
        ) % {"n": len(going.names), "names": listed_up_to(TOLD_SHOWN, going.names)}
    return f"{off % {'n': going.meetings}} {told}"


def _stale() -> str:
    return _("Somebody changed this meanwhile. This is how it stands now.")


def _change(
    request: HttpRequest,
    pk: int,
    change: Callable[..., Cadence],
    done: str,
    *,
    ask: Callable[..., HttpResponse] | None = None,
) -> HttpResponse:
    """Change it and go back to the list. ask shows again what was asked before."""
    editor, cadence = acting_user(request), _editable(request, pk)
    shown = whole_number(request.POST.get("version")) or 0
    try:
        change(cadence, by=editor, shown_version=shown)
    except Conflict as conflict:
        if ask:
            return ask(request, conflict.current, 409)
        return _list(request, _stale(), 409)
    except ValidationError as refused:
        return _list(request, " ".join(refused.messages), 422)
    toast(request, done)
    return go(request, "calendar:cadence_list")


def _list(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    viewer = acting_user(request)
    context = {
        "cadences": selectors.cadence_list(
            viewer, after=whole_number(request.GET.get("after")), now=timezone.now()
        ),
        "may_make": may_make(viewer),
        "error": error,
    }
    return render(request, LIST, context, status=status)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _fresh(editor: User, today: date) -> Cadence:
    """Return the cadence with which a new one begins."""
    team = Team.objects.filter(manager=editor).first()
    return Cadence(
        kind=MeetingKind.PIPELINE_REVIEW,
        team=team,
        reach="team" if team else "below",
        rule=weekly(1),
        at=time(9),
        first_on=today,
        remind_minutes=[1_440],
    )


def _shown(form: CadenceForm, cadence: Cadence, now: datetime) -> dict[str, Any]:
    """Return what the form says will happen; of one not sent, what the cadence says."""
    if form.is_bound and not form.is_valid():
        return {"preview": None, "goes_through": None}
    said = Cadence(**form.values()) if form.is_bound else cadence
    return {
        "preview": preview(said, now=now, instead_of=cadence),
        "goes_through": agenda_words(said),
    }


def _preview(
    request: HttpRequest, form: CadenceForm, cadence: Cadence, now: datetime
) -> HttpResponse:
    """Answer with what the form says will happen. Nothing is saved."""
    context = {"form": form, "cadence": cadence, **_shown(form, cadence, now)}
    context["is_part"] = wants_part(request)
    return render_part(request, FORM, "preview", context)


def _page(
    request: HttpRequest,
    form: CadenceForm,
    cadence: Cadence,
    now: datetime,
    *,
    changes: object = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        "form": form,
        "cadence": cadence,
        **_shown(form, cadence, now),
        "changes": changes,
    }
    refused = 422 if form.errors else 200
    return render(request, FORM, context, status=status or refused)
