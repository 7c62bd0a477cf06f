"""The course of an account review: agenda, begin, finish, abandon, minutes."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pipeline.accounts import services
from pipeline.accounts.models import AccountPlan, AccountReview
from pipeline.accounts.selectors.minutes import minutes_for, record_of
from pipeline.accounts.selectors.room import items_for
from pipeline.accounts.views.seats import (
    item_or_404,
    step_context,
    take_chair,
    take_seat,
)
from pipeline.opportunities.models import Account
from pipeline.opportunities.selectors.search import matching
from rhythm.calendar.forms.running import FinishForm
from rhythm.calendar.models import MeetingState
from rhythm.calendar.services.ending import Undecided
from rhythm.calendar.views.seats import (
    ask_who_takes_over,
    ask_why_it_ends,
    set_timer,
)
from rhythm.people.access import visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast

MOST_FOUND = 12


@require_POST
def review_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a planned review."""
    seat = take_chair(request, pk)
    try:
        services.begin(seat.review, by=seat.viewer, now=seat.now)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return go(request, seat.review)


@require_POST
def review_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the chair from somebody who cannot go on."""
    seat = take_seat(request, pk)
    services.claim(seat.review, by=seat.viewer)
    toast(request, _("You have the chair now."))
    return go(request, seat.review)


@require_POST
def review_timer(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause the review, or resume it: `to` says which."""
    seat = take_chair(request, pk)
    set_timer(request, seat.review, by=seat.viewer, now=seat.now)
    if not wants_part(request):
        return redirect(seat.review)
    fresh = take_seat(request, pk)
    shown = whole_number(request.POST.get("item"))
    item = items_for(fresh.review, fresh.viewer).filter(pk=shown or 0).first()
    found = item.pk if item else None
    context = step_context(fresh, found, with_plan=False, is_part=True)
    return render(request, "accounts/room/_top.html", context)


@require_http_methods(["GET", "POST"])
def review_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Search account plans (GET), or put one on the agenda."""
    seat = take_chair(request, pk)
    plans = AccountPlan.objects.select_related("account", "owner")
    if request.method == "POST":
        wanted = whole_number(request.POST.get("plan"))
        plan = visible_or_404(plans, seat.viewer, pk=wanted)
        try:
            services.add_plan(seat.review, plan, by=seat.viewer, now=seat.now)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        else:
            toast(request, _("%(plan)s is on the agenda.") % {"plan": plan})
        return go(request, seat.review)
    text = request.GET.get("q", "").replace("\0", "")[:200]
    named = matching(Account.objects.visible_to(seat.viewer), text)
    found = plans.visible_to(seat.viewer).filter(account__in=named.values("pk"))
    rest = found.exclude(pk__in=seat.review.items.values("plan"))
    context = {
        "review": seat.review,
        "found": rest.order_by("account__name", "pk")[:MOST_FOUND],
        "q": text,
    }
    name = "found" if "q" in request.GET else "sheet"
    return render_part(request, "accounts/review_add.html", name, context)


@require_POST
def review_drop(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a plan from the agenda of a review that has not begun."""
    seat = take_chair(request, pk)
    try:
        services.drop_plan(item_or_404(seat, item_pk), by=seat.viewer)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return go(request, seat.review)


@require_http_methods(["GET", "POST"])
def review_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why the review ends here (GET), or end it."""
    seat = take_chair(request, pk)

    def abandon(reason: str) -> AccountReview:
        services.abandon(seat.review, reason, by=seat.viewer, now=seat.now)
        toast(request, _("Abandoned. What was decided stays."))
        return seat.review

    return ask_why_it_ends(
        request,
        abandon,
        title=_("Abandon the review"),
        text=_(
            "What was decided and promised so far stays. No minutes go out. "
            "Accounts without a decision come first next time."
        ),
        back=seat.review.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
def review_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who takes the chair (GET), or hand it over."""
    seat = take_chair(request, pk)

    def hand_over(to: User) -> AccountReview | str:
        services.hand_over_chair(seat.review, to=to, by=seat.viewer)
        may_see = AccountReview.objects.visible_to(seat.viewer).filter(pk=pk).exists()
        return seat.review if may_see else "meetings:calendar"

    text = _(
        "The deputy sees every plan on this agenda and decides in your place. "
        "Your private notes stay yours."
    )
    meeting, back = seat.review.meeting, seat.review.get_absolute_url()
    return ask_who_takes_over(request, meeting, hand_over, text=text, back=back)


@require_http_methods(["GET", "POST"])
def review_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is open and who gets the minutes (GET), or finish."""
    seat = take_chair(request, pk)
    if seat.review.meeting.state == MeetingState.HELD:
        return go(request, "accounts:review_minutes", pk)
    form = FinishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        wants_skip = "skip_rest" in request.POST
        reason = form.cleaned_data["reason"] if wants_skip else None
        with errors_to(form):
            try:
                services.finish(
                    seat.review, by=seat.viewer, now=seat.now, skip_rest=reason
                )
            except Undecided as undecided:
                raise ValidationError(undecided.messages) from undecided
            toast(request, _("Finished. The minutes are on their way."))
            return go(request, "accounts:review_minutes", pk)
    record = record_of(seat.review)
    still_open = [each for each in record.items if not each.is_done]
    # Nothing finishes before they are decided or skipped: their owners read it, too.
    owners = {each.plan.owner for each in still_open if each.plan.owner.is_active}
    context = {
        "review": seat.review,
        "form": form,
        "undecided": still_open,
        "minutes": record.for_reader(seat.viewer, None),
        "readers": sorted(record.people() | owners, key=lambda each: each.name),
    }
    status = 422 if form.is_bound and form.errors else 200
    template = "accounts/review_finish.html"
    return render_part(request, template, "sheet", context, status=status)


@require_GET
def review_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was decided and promised, as far as the viewer may know."""
    seat = take_seat(request, pk)
    if seat.review.meeting.state not in (MeetingState.HELD, MeetingState.ABANDONED):
        return redirect(seat.review)
    minutes = minutes_for(record_of(seat.review), seat.viewer)
    context = {"review": seat.review, "minutes": minutes}
    return render(request, "accounts/review_minutes.html", context)
