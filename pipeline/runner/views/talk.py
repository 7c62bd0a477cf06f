"""Notes and commitments in the room."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from pipeline.runner import services
from pipeline.runner.models import Block
from pipeline.runner.selectors.series import carried
from pipeline.runner.views.shared import (
    PAGE,
    Seat,
    after_change,
    part,
    pulse_url,
    room_context,
    show_room,
    take_block,
    take_chair,
    take_seat,
)
from rhythm.calendar.forms.running import NoteForm
from rhythm.calendar.models import IN_PROGRESS
from rhythm.calendar.selectors.people import people_of
from rhythm.calendar.views.seats import note_came_too_late
from rhythm.commitments import services as commitments
from rhythm.commitments.forms import DropForm, PromiseFields, RenewForm
from rhythm.commitments.models import Commitment
from rhythm.people.access import visible_or_404
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_POST
def block_note(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Keep the note of a block while it is written."""
    seat, block = take_block(request, pk, block_pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _note_again(request, seat, 422, note_form=form, my_note=form.typed)
    shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
    text = form.cleaned_data["text"]
    try:
        saved = services.write_note(block, text, by=seat.viewer, shown_version=shown)
    except Conflict as conflict:
        theirs: Block = conflict.current  # type: ignore[assignment]
        changes = [(_("Note"), theirs.note, text)]
        return _note_again(request, seat, 409, my_note=text, changes=changes)
    except ValidationError as error:
        back = reverse("runner:room", args=[pk])
        return note_came_too_late(request, text, error, back=back)
    if not wants_part(request):
        return redirect("runner:room", pk)
    pulse = pulse_url(pk, saved.run.pulse)
    context = {"block": saved, "now": seat.now, "pulse_url": pulse}
    return part(request, "runner/_note_saved.html", context)


def _note_again(
    request: HttpRequest, seat: Seat, status: int, **more: Any
) -> HttpResponse:
    """Answer with the note's whole box: it has something to say about the text."""
    if seat.meeting.state not in IN_PROGRESS:
        return go(request, "runner:room", seat.meeting.pk)
    context = room_context(take_seat(request, seat.meeting.pk), **more)
    template = "runner/_note.html" if wants_part(request) else PAGE
    response = part(request, template, context, status=status)
    return reswap(retarget(response, "#rv-note"), "outerHTML")


@require_POST
def promise_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a commitment in the meeting."""
    seat = take_chair(request, pk)
    run = seat.started_run
    people = people_of([seat.meeting])[pk]
    promisers = [(each.pk, each.name) for each in people]
    form = PromiseFields(request.POST, promisers=promisers, auto_id="c-%s")
    if form.is_valid():
        with errors_to(form):
            services.promise(
                run,
                form.cleaned_data["what"],
                promiser=form.cleaned_data["promiser"],
                due_on=form.cleaned_data["due_on"],
                by=seat.viewer,
                now=seat.now,
                submission_key=form.cleaned_data["submission_key"],
            )
            return after_change(request, seat, refocus=True, people=people)
    if seat.meeting.state not in IN_PROGRESS:
        words = [str(each) for each in form.non_field_errors()]
        toast(request, " ".join(words), level="error")
        return go(request, "runner:room", pk)
    return show_room(request, seat, status=422, people=people, add_form=form)


ACTIONS = ("keep", "undo", "renew", "drop", "remove")


@require_http_methods(["GET", "POST"])
def promise(
    request: HttpRequest, pk: int, commitment_pk: int, action: str
) -> HttpResponse:
    """Act on a commitment in the room: kept, a new date, dropped, or made by mistake.

    GET asks for the date or the reason that the second and third need.
    """
    if action not in ACTIONS:
        raise Http404
    seat = take_seat(request, pk)
    made = _commitment_of(seat, commitment_pk)
    form = _form(request, made, action)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _act(seat, made, action, form)
        except Conflict:
            toast(request, _("It changed meanwhile. Look again."), level="warning")
            return go(request, "runner:room", pk)
        except ValidationError as error:
            if form is None:
                toast(request, " ".join(error.messages), level="error")
                return after_change(request, seat)
            form.add_error(None, error.messages)
        else:
            services.say(seat.started_run)
            if form is None:
                # What is removed takes its button along.
                return after_change(request, seat, refocus=action == "remove")
            return go(request, "runner:room", pk)
    if form is None:
        return go(request, "runner:room", pk)
    context = {"meeting": seat.meeting, "made": made, "action": action, "form": form}
    status = 422 if request.method == "POST" else 200
    template = "runner/promise_form.html"
    return render_part(request, template, "sheet", context, status=status)


def _commitment_of(seat: Seat, pk: int) -> Commitment:
    """Return a commitment that the meeting looks at. Others are not there."""
    run = seat.started_run
    found = Commitment.objects.filter(
        carried(seat.meeting)
    ) | Commitment.objects.filter(made_in=run.meeting_id)
    return visible_or_404(found.select_related("promiser"), seat.viewer, pk=pk)


def _form(
    request: HttpRequest, made: Commitment, action: str
) -> RenewForm | DropForm | None:
    posted = request.POST if request.method == "POST" else None
    initial, auto_id = {"version": made.version}, f"p{made.pk}-%s"
    if action == "renew":
        return RenewForm(posted, initial=initial, auto_id=auto_id)
    if action == "drop":
        return DropForm(posted, initial=initial, auto_id=auto_id)
    return None


def _act(
    seat: Seat, made: Commitment, action: str, form: RenewForm | DropForm | None
) -> None:
    by, now = seat.viewer, seat.now
    values = form.cleaned_data if form else {}
    if action == "keep":
        commitments.keep(made, by=by, today=made.promiser.today(now))
    elif action == "undo":
        commitments.undo_keep(made, by=by, today=made.promiser.today(now))
    elif action == "renew":
        shown = values["version"]
        commitments.renew(made, values["due_on"], by=by, now=now, shown_version=shown)
    elif action == "drop":
        shown = values["version"]
        commitments.drop(made, values["reason"], by=by, shown_version=shown)
    elif not seat.may_run:
        raise PermissionDenied
    else:
        services.withdraw(seat.started_run, made, by=by)
