"""What belongs to a deal: milestones, customer outcomes, people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities import services
from pipeline.opportunities.forms.gates import add_errors
from pipeline.opportunities.forms.milestones import MilestoneForm, contacts_of
from pipeline.opportunities.forms.parts import (
    OutcomeForm,
    PersonForm,
    RemovePersonForm,
)
from pipeline.opportunities.models import (
    Contact,
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.selectors.missing import requirement_of
from pipeline.opportunities.selectors.options import contact_choices
from pipeline.opportunities.views.answers import changed, sheet
from pipeline.opportunities.views.fetching import editable_deal
from pipeline.process.models import Milestone
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.web.conflicts import with_version
from rhythm.web.http import safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

TEMPLATE = "opportunities/opportunity_part.html"


def _show(
    request: HttpRequest,
    opportunity: Opportunity,
    form: Any,
    *,
    title: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "opportunity": opportunity,
        "form": form,
        "title": title,
        "action": request.path,
        "next": safe_next(request, opportunity.get_absolute_url()),
        **more,
    }
    return sheet(request, TEMPLATE, context, status=status)


# -- Milestones -------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def milestone_record(request: HttpRequest, pk: int, milestone_pk: int) -> HttpResponse:
    """Record what a deal has to say to one milestone of its process."""
    opportunity, by, now = (
        editable_deal(request, pk),
        acting_user(request),
        timezone.now(),
    )
    milestones = Milestone.objects.select_related("stage").filter(
        stage__process=opportunity.process_id
    )
    milestone = visible_or_404(milestones, by, pk=milestone_pk)
    records = MilestoneRecord.objects.filter(opportunity=opportunity)
    record = records.filter(milestone=milestone).first()
    requirement = requirement_of(milestone, is_met=bool(record and record.is_met))
    options: dict[str, Any] = {
        "contacts": contacts_of(opportunity, by),
        "today": by.today(now),
        "record": record,
    }
    title = milestone.title
    if request.method != "POST":
        form = MilestoneForm(requirement, **options)
        return _show(request, opportunity, form, title=title, hint=milestone.hint)
    form = MilestoneForm(requirement, data=request.POST, **options)
    if not form.is_valid():
        return _show(request, opportunity, form, title=title, status=422)
    try:
        services.record_milestone(
            opportunity, milestone, by=by, now=now, **form.values()
        )
    except Conflict as conflict:
        theirs = conflict.current
        if isinstance(theirs, Opportunity):  # the milestone itself is gone
            form.add_error(None, str(conflict))
            return _show(request, opportunity, form, title=title, status=409)
        with_version(form, theirs.version)
        return _show(request, opportunity, form, title=title, status=409, theirs=theirs)
    except ValidationError as error:
        add_errors(form, error)
        return _show(request, opportunity, form, title=title, status=422)
    toast(request, _("Recorded: %(milestone)s") % {"milestone": milestone})
    return changed(request, opportunity)


# -- Customer outcomes ------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the customer wants to achieve."""
    opportunity, by = editable_deal(request, pk), acting_user(request)
    options: dict[str, Any] = {"contacts": [], "today": by.today(timezone.now())}
    title = _("Customer outcome")
    if request.method != "POST":
        return _show(request, opportunity, OutcomeForm(**options), title=title)
    form = OutcomeForm(request.POST, **options)
    if form.is_valid():
        try:
            services.add_outcome(
                opportunity,
                form.values(),
                by=by,
                submission_key=form.cleaned_data["submission_key"],
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            toast(request, _("Outcome added"))
            return changed(request, opportunity)
    return _show(request, opportunity, form, title=title, status=422)


def _outcome(request: HttpRequest, pk: int) -> CustomerOutcome:
    outcomes = CustomerOutcome.objects.select_related(
        "confirmed_by",
        "opportunity__stage",
        "opportunity__account",
        "opportunity__owner",
    )
    return editable_or_403(outcomes, acting_user(request), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def outcome_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an outcome, or say who at the customer's confirmed it."""
    outcome, by = _outcome(request, pk), acting_user(request)
    opportunity, today = outcome.opportunity, by.today(timezone.now())
    contacts, title = contacts_of(opportunity, by), _("Customer outcome")
    more: dict[str, Any] = {"title": title, "remove": outcome}
    if request.method != "POST":
        form = OutcomeForm(contacts=contacts, today=today, outcome=outcome)
        return _show(request, opportunity, form, **more)
    form = OutcomeForm(request.POST, contacts=contacts, today=today, outcome=outcome)
    if not form.is_valid():
        return _show(request, opportunity, form, status=422, **more)
    cleaned = form.cleaned_data
    try:
        services.edit_outcome(
            outcome,
            form.values(),
            by=by,
            shown_version=cleaned["version"],
            contact=form.chosen_contact,
            contact_name=cleaned["contact_name"],
            on=cleaned["confirmed_on"],
            how=cleaned["confirmed_how"],
            today=today,
        )
    except Conflict as conflict:
        theirs = conflict.current
        assert isinstance(theirs, CustomerOutcome)
        with_version(form, theirs.version)
        return _show(request, opportunity, form, status=409, theirs=theirs, **more)
    except CustomerOutcome.DoesNotExist as gone:
        raise Http404 from gone
    except ValidationError as error:
        add_errors(form, error)
        return _show(request, opportunity, form, status=422, **more)
    toast(request, _("Outcome saved"))
    return changed(request, opportunity)


@require_POST
def outcome_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an outcome; history keeps it."""
    outcome, by = _outcome(request, pk), acting_user(request)
    opportunity, today = outcome.opportunity, by.today(timezone.now())
    shown = whole_number(request.POST.get("version")) or 0
    try:
        services.remove_outcome(outcome, by=by, shown_version=shown)
    except Conflict as conflict:
        theirs = conflict.current
        assert isinstance(theirs, CustomerOutcome)
        contacts, title = contacts_of(opportunity, by), _("Customer outcome")
        form = OutcomeForm(contacts=contacts, today=today, outcome=theirs)
        edit = reverse("opportunities:outcome_edit", args=[pk])
        more: dict[str, Any] = {"title": title, "remove": theirs, "action": edit}
        return _show(request, opportunity, form, status=409, theirs=theirs, **more)
    except CustomerOutcome.DoesNotExist as gone:
        raise Http404 from gone
    toast(request, _("Outcome removed"))
    edit = reverse("opportunities:outcome_edit", args=[pk])
    return changed(request, opportunity, edit)


# -- People -----------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a contact a part in a deal; a new name makes a contact at its account."""
    opportunity, by = editable_deal(request, pk), acting_user(request)
    offered = (
        contact_choices(by, "", opportunity.account_id)
        if opportunity.account_id
        else []
    )
    title = _("Who has a part in it")
    if request.method != "POST":
        form = PersonForm(by, offered)
        return _show(request, opportunity, form, title=title, pick=form.contact_pick)
    form = PersonForm(by, offered, request.POST)
    if form.is_valid():
        role, contact = form.cleaned_data["role"], form.contact_pick.chosen
        try:
            if isinstance(contact, Contact):
                services.add_person(opportunity, contact, by=by, role=role)
            else:
                services.new_contact(
                    opportunity,
                    form.contact_pick.new_name,
                    by=by,
                    role=role,
                    submission_key=form.cleaned_data["submission_key"],
                )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("Added"))
            return changed(request, opportunity)
    more: dict[str, Any] = {"title": title, "pick": form.contact_pick}
    return _show(request, opportunity, form, status=422, **more)


@require_POST
def person_remove(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Take a contact's part in a deal away."""
    opportunity, by = editable_deal(request, pk), acting_user(request)
    contacts = Contact.objects.filter(pk__in=opportunity.people.values("pk"))
    contact = visible_or_404(contacts, by, pk=contact_pk)
    shown = whole_number(request.POST.get("version")) or 0
    try:
        services.remove_person(opportunity, contact, by=by, shown_version=shown)
    except Conflict as conflict:
        form = RemovePersonForm(initial={"version": conflict.current.version})
        title = _("Take %(name)s out") % {"name": contact}
        more: dict[str, Any] = {"title": title, "theirs": conflict.current}
        return _show(request, opportunity, form, status=409, **more)
    toast(request, _("%(name)s has no part in it any more") % {"name": contact})
    return changed(request, opportunity)
