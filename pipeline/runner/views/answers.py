"""Three questions, a minute: what somebody writes for a huddle."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.runner import services
from pipeline.runner.forms import AnswerForm
from pipeline.runner.models import Answer
from pipeline.runner.rooms import is_in_writing
from pipeline.runner.selectors.promises import promises_of
from pipeline.runner.selectors.turns import turns_of
from pipeline.runner.views.shared import Seat, take_seat
from rhythm.calendar.models import BEFORE_ITS_END, MeetingKind
from rhythm.calendar.selectors.people import people_of
from rhythm.people.models import User
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the three questions, with everybody's answers below (GET), or keep one's.

    What comes when it is closed is not taken, and stays in its fields.
    """
    seat = take_seat(request, pk)
    if seat.meeting.kind != MeetingKind.HUDDLE:
        raise Http404
    people = people_of([seat.meeting])[pk]
    if request.method == "POST" and seat.viewer not in people:
        raise PermissionDenied
    if request.method == "GET" and seat.meeting.state not in BEFORE_ITS_END:
        return redirect("runner:room", pk)
    own = Answer.objects.filter(run=seat.run or 0, person=seat.viewer).first()
    initial = {"version": own.version if own else 0}
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(posted, instance=own or Answer(), initial=initial)
    status, changes = 422 if form.is_bound else 200, []
    if form.is_valid():
        try:
            with errors_to(form):
                _keep(request, seat, form)
                toast(request, _("Thank you. It stands on the board."))
                return redirect("runner:answer", pk)
        except Conflict as conflict:
            theirs = {name: getattr(conflict.current, name) for name in form.values()}
            status, changes = 409, differences(form, theirs)
            with_version(form, conflict.current.version)
    return _page(request, seat, form, people, status, changes)


def _keep(request: HttpRequest, seat: Seat, form: AnswerForm) -> None:
    services.require_open(seat.meeting, seat.now)
    run = seat.run or services.prepare(seat.meeting)
    services.answer(
        run,
        form.values(),
        by=seat.viewer,
        now=seat.now,
        shown_version=None
        if "overwrite" in request.POST
        else form.cleaned_data["version"],
    )


def _page(
    request: HttpRequest,
    seat: Seat,
    form: AnswerForm,
    people: list[User],
    status: int,
    changes: list[tuple[str, str, str]],
) -> HttpResponse:
    try:
        services.require_open(seat.meeting, seat.now)
        is_open = True
    except ValidationError:
        is_open = False
    run = seat.run
    context = {
        "meeting": seat.meeting,
        "form": form,
        "changes": changes,
        "is_open": is_open and seat.viewer in people,
        "is_written": is_in_writing(seat.meeting),
        "turns": turns_of(run, people, seat.viewer, now=seat.now) if run else (),
        "promises": promises_of(seat.meeting, seat.viewer, now=seat.now),
        "has_answered": form.instance.pk is not None,
    }
    return render(request, "runner/answer.html", context, status=status)
