"""Logging an activity in under ten seconds, from anywhere; changing it after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from pipeline.activities import services
from pipeline.activities.forms.log import (
    MINUTES,
    OUTCOMES,
    EditActivityForm,
    EntryForm,
    QuickLogForm,
    entry_of,
    shown_of,
)
from pipeline.activities.models import Activity
from pipeline.activities.selectors import subjects
from pipeline.activities.services.log import StepBefore
from pipeline.opportunities.models import Opportunity
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import htmx_of, render_part, wants_part
from rhythm.web.http import close_sheet, safe_next
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

UNDO = "activities.undo"
# Pages that show what was logged, or the next step that came with it.
SHOWING = ("activities", "opportunities", "homes")
PAGES = {
    "opportunities:opportunity_detail": "deal",
    "opportunities:account_detail": "account",
}


@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Log an activity. ?opportunity= and ?account= choose what it hangs on."""
    person = acting_user(request)
    _require_logger(person)
    form = QuickLogForm(
        request.POST if request.method == "POST" else None,
        person=person,
        initial={"subject": _chosen(request)},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with errors_to(form):
            activity = services.log(
                form.entry(),
                by=person,
                now=timezone.now(),
                next_step=data["next_step"],
                next_step_on=data["next_step_on"],
                submission_key=data["submission_key"],
            )
            toast(
                request,
                _("Logged: %(what)s") % {"what": activity},
                undo=_undo_address(activity, form.record, data["next_step"]),
            )
            return _done(request)
    return _sheet(request, "activities/log.html", form)


@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what was logged."""
    person = acting_user(request)
    activity = editable_or_403(Activity.objects, person, pk=pk)
    now = timezone.now()
    if not activity.is_still_editable(now):
        raise PermissionDenied(
            _("What was logged more than a week ago stays as it is.")
        )
    posted = request.POST if request.method == "POST" else None
    form = EditActivityForm(posted, person=person, activity=activity)
    if posted is not None and form.is_valid():
        shown = form.cleaned_data["version"]
        try:
            with errors_to(form):
                services.change(
                    activity, form.entry(), by=person, now=now, shown_version=shown
                )
                toast(request, _("Changed"))
                return _done(request)
        except Conflict:
            return _conflict(request, form, activity)
    return _sheet(request, "activities/activity_edit.html", form, activity=activity)


@require_POST
def activity_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was logged."""
    person = acting_user(request)
    activity = editable_or_403(Activity.objects, person, pk=pk)
    before = _step_before(request.GET.get("was", ""))
    services.remove(activity, by=person, now=timezone.now(), before=before)
    undo = reverse("activities:activity_put_back", args=[pk])
    toast(request, _("Removed: %(what)s") % {"what": activity}, undo=undo)
    return _done(request)


@require_POST
def activity_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo taking it back."""
    person = acting_user(request)
    activity = editable_or_403(Activity.everything, person, pk=pk)
    services.put_back(activity, by=person, now=timezone.now())
    toast(request, _("Back again: %(what)s") % {"what": activity})
    return _done(request)


@require_safe
def subject_options(request: HttpRequest) -> HttpResponse:
    """Offer deals and accounts while typing."""
    person = acting_user(request)
    text = request.GET.get("q", "").replace("\0", "")
    context = {"subjects": subjects.found(person, text), "text": text.strip()}
    return render(request, "activities/_subjects.html", context)


@require_safe
def people_options(request: HttpRequest) -> HttpResponse:
    """Offer who may have been there: the contacts of the chosen deal or account."""
    value = request.GET.get("subject", "")
    record = subjects.subject_of(value, acting_user(request))
    context = {"people": subjects.people_of(record), "ticked": set()}
    return render(request, "activities/_people.html", context)


def _require_logger(person: User) -> None:
    if not (person.is_rep or person.is_manager or person.is_admin):
        raise PermissionDenied(_("You read activities, and do not log any."))


def _undo_address(activity: Activity, record: Any, next_step: str) -> str:
    """Return where to take it back, and with it the next step that it brought.

    record is the deal or account as it was before.
    """
    address = reverse("activities:activity_remove", args=[activity.pk])
    if not next_step or not isinstance(record, Opportunity):
        return address
    on = record.next_step_on
    was = [record.next_step, on.isoformat() if on else "", next_step]
    return f"{address}?{urlencode({'was': signing.dumps(was, salt=UNDO)})}"


def _step_before(was: str) -> StepBefore | None:
    """Return what `_undo_address` kept, None for anything else."""
    try:
        text, on, now_text = signing.loads(was, salt=UNDO)
    except signing.BadSignature:
        return None
    return StepBefore(text, date.fromisoformat(on) if on else None, now_text)


def _chosen(request: HttpRequest) -> str:
    """Return what the form begins with: named in the address, or the page's own."""
    for name, kind in (("opportunity", "deal"), ("account", "account")):
        if pk := request.GET.get(name):
            return f"{kind}:{pk}"
    page = _page_below(request)
    if page is None or page.view_name not in PAGES:
        return ""
    return f"{PAGES[page.view_name]}:{page.kwargs.get('pk', '')}"


def _page_below(request: HttpRequest) -> ResolverMatch | None:
    """Return the page over which the sheet opened, None if there is none."""
    path = htmx_of(request).current_url_abs_path
    if not wants_part(request) or not path:
        return None
    try:
        return resolve(path.partition("?")[0])
    except Resolver404:
        return None


def _done(request: HttpRequest) -> HttpResponse:
    """Close the sheet. Pages that show activities are loaded again."""
    if not wants_part(request):
        return redirect(safe_next(request, reverse("activities:activity_list")))
    page = _page_below(request)
    if page and page.namespace in SHOWING:
        return HttpResponseClientRefresh()
    response = trigger_client_event(HttpResponse(status=204), "activities:changed", {})
    return close_sheet(response)


def _conflict(
    request: HttpRequest, form: EditActivityForm, activity: Activity
) -> HttpResponse:
    """Show what stands there now beside what the person typed (409)."""
    fresh = visible_or_404(
        Activity.objects.get_queryset().select_related("kind", "owner"),
        acting_user(request),
        pk=activity.pk,
    )
    theirs, mine = shown_of(entry_of(fresh)), shown_of(form.entry())
    changes = [
        (form.fields[name].label, theirs[name], mine[name])
        for name in mine
        if theirs[name] != mine[name]
    ]
    data = request.POST.copy()
    data["version"] = str(fresh.version)
    again = EditActivityForm(data, person=form.person, activity=fresh)
    more = {"activity": fresh, "changes": changes, "is_conflict": True}
    return _sheet(request, "activities/activity_edit.html", again, status=409, **more)


def _sheet(
    request: HttpRequest,
    template: str,
    form: EntryForm,
    *,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    today = form.person.today(timezone.now())
    text = "" if form.record else request.POST.get("q", "").replace("\0", "").strip()
    context = {
        "form": form,
        # What was logged already has its deal, and hardly moves to another.
        "recent": subjects.recent(
            form.person, form.record, is_filled=isinstance(form, QuickLogForm)
        ),
        "chosen": form["subject"].value() if form.record else "",
        # Without a script, what was searched for is found by sending the form.
        "text": text,
        "matches": subjects.found(form.person, text),
        "people": subjects.people_of(form.record),
        "ticked": form.ticked,
        "outcomes": OUTCOMES,
        "minutes": MINUTES,
        "next": request.GET.get("next") or request.POST.get("next") or "",
        "days": [
            (_("Tomorrow"), today + timedelta(days=1)),
            (_("In a week"), today + timedelta(days=7)),
            (_("In two weeks"), today + timedelta(days=14)),
        ],
    } | more
    refused = 422 if form.errors else 200
    return render_part(request, template, "sheet", context, status=status or refused)
