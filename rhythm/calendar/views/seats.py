"""Who sits in a review, and what every room does: rest, change hands, end early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from rhythm.calendar.forms.running import HandOverForm, ReasonForm
from rhythm.calendar.models import Meeting, Timed
from rhythm.calendar.selectors.deputies import deputies_of
from rhythm.calendar.services.course import pause, resume
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.toasts import toast


@dataclass(frozen=True)
class Seat[T: Timed]:
    """Who asks, for which review, when."""

    viewer: User
    review: T
    now: datetime

    @property
    def is_chair(self) -> bool:
        return self.review.meeting.runner == self.viewer

    @property
    def may_claim(self) -> bool:
        """Whether the viewer may take the chair from whoever holds it, or back."""
        is_own = self.review.meeting.chair == self.viewer
        return is_own or getattr(self.review, "is_claimable", False)


def take_seat[T: Timed](kind: type[T], request: HttpRequest, pk: int) -> Seat[T]:
    """Return the seat of whoever may see the review; otherwise answer 404."""
    viewer = acting_user(request)
    objects: Any = kind.objects  # type: ignore[attr-defined]
    reviews = objects.with_meeting()
    if viewer.is_manager or viewer.is_executive:
        # Nobody else may ever take a chair that is not theirs.
        claimable = Meeting.objects.claimable_by(viewer).filter(pk=OuterRef("meeting"))
        reviews = reviews.annotate(is_claimable=Exists(claimable))
    review: T = visible_or_404(reviews, viewer, pk=pk)
    return Seat(viewer, review, timezone.now())


def take_chair[T: Timed](kind: type[T], request: HttpRequest, pk: int) -> Seat[T]:
    """Return the seat of the chair; others who see the review get 403."""
    seat = take_seat(kind, request, pk)
    if not seat.is_chair:
        raise PermissionDenied
    return seat


def set_timer[T: Timed](
    request: HttpRequest, course: T, *, by: User, now: datetime
) -> T | None:
    """Let the clock rest, or go on: `to` says which. Return the course as it is then.

    None: it cannot any more, and the page that comes next says so.
    """
    act = resume if request.POST.get("to") == "running" else pause
    try:
        return act(course, by=by, now=now)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
        return None


def ask_why_it_ends(
    request: HttpRequest,
    abandon: Callable[[str], Any],
    *,
    title: str,
    text: str,
    back: str,
) -> HttpResponse:
    """Ask why what is held ends here (GET), or end it; text says what becomes of it.

    abandon is given the reason, and returns where to go then.
    """
    form = ReasonForm(_posted(request))
    if form.is_valid():
        with errors_to(form):
            return go(request, abandon(form.cleaned_data["reason"]))
    words = {"keep": _("Go on with it"), "send": _("Abandon"), "is_danger": True}
    return _ask(request, form, words | {"title": title, "text": text, "back": back})


def ask_who_takes_over(
    request: HttpRequest,
    meeting: Meeting,
    hand_over: Callable[[User], Any],
    *,
    text: str,
    back: str,
) -> HttpResponse:
    """Ask who takes the chair (GET), or hand it over; text says what they get by it.

    hand_over is given who takes it, and returns where to go then.
    """
    form = HandOverForm(_posted(request), deputies=deputies_of(meeting))
    if form.is_valid():
        with errors_to(form):
            to = form.cleaned_data["to"]
            then = hand_over(to)
            toast(request, _("%(name)s has the chair now.") % {"name": to})
            return go(request, then)
    words = {"keep": _("Keep the chair"), "send": _("Hand over")}
    title = _("Hand over the chair")
    return _ask(request, form, words | {"title": title, "text": text, "back": back})


def note_came_too_late(
    request: HttpRequest, text: str, error: ValidationError, *, back: str
) -> HttpResponse:
    """Show words that nothing keeps any more, for their writer to take along."""
    context: dict[str, Any] = {"text": text, "errors": error.messages, "back": back}
    context["is_part"] = wants_part(request)
    template = "calendar/note_late.html"
    response = render_part(request, template, "note", context, status=422)
    return reswap(retarget(response, "#rv-note"), "outerHTML")


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask(request: HttpRequest, form: forms.Form, words: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "action": request.path, **words}
    template = "calendar/course_ask.html"
    return render_part(request, template, "sheet", context, status=status)
