"""Accounts, contacts and products."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.opportunities import services
from pipeline.opportunities.forms.directory import (
    AccountForm,
    ContactForm,
    ProductForm,
)
from pipeline.opportunities.models import Account, Contact, Product
from pipeline.opportunities.selectors.directory import (
    account_of,
    account_page,
    page_number,
    product_page,
)
from pipeline.opportunities.views.answers import sheet
from rhythm.people.access import (
    acting_user,
    admin_required,
    editable_or_403,
    visible_or_404,
)
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import RecordForm
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

FORM = "opportunities/record_form.html"


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Show the accounts by name; found by the beginnings of their words."""
    viewer = acting_user(request)
    text = request.GET.get("q", "").replace("\0", "")[:200]
    page = account_page(viewer, text, page_number(request.GET.get("page", "")))
    context = {"page": page, "text": text, "can_create": _may_create(request)}
    return render_part(request, "opportunities/account_list.html", "list", context)


@require_safe
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account with its contacts, and the deals that one may see.

    The address of one that was merged leads to what it is now.
    """
    viewer = acting_user(request)
    accounts = Account.objects.now_of(pk).select_related("parent")
    account = visible_or_404(accounts, viewer)
    if account.pk != pk:
        return go(request, account.get_absolute_url())
    context = {
        "detail": account_of(account, viewer=viewer, now=timezone.now()),
        "account": account,
        "can_edit": _may_create(request),
        "activities_url": reverse("activities:account_activities", args=[pk]),
        "log_url": reverse("activities:log"),
    }
    return render_part(request, "opportunities/account_detail.html", "account", context)


def _may_create(request: HttpRequest) -> bool:
    """Return whether the person may change the directory."""
    by = acting_user(request)
    return by.is_rep or by.is_admin or by.is_manager


def _require_editor(request: HttpRequest) -> None:
    if not _may_create(request):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def account_create(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    _require_editor(request)
    form = AccountForm(request.POST or None)
    words = {"title": _("New account"), "back": reverse("opportunities:account_list")}
    if request.method == "POST" and form.is_valid():
        try:
            account = services.create_account(
                form.values(), submission_key=form.cleaned_data["submission_key"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("Account added"))
            return go(request, account.get_absolute_url())
    return _show(request, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an account, or what it was merged into."""
    account = editable_or_403(Account.objects.now_of(pk), acting_user(request))
    here = reverse("opportunities:account_edit", args=[account.pk])
    if account.pk != pk and request.method != "POST":
        return go(request, here)
    form = AccountForm(request.POST or None, instance=account)
    back = account.get_absolute_url()
    words = {"title": _("Edit the account"), "back": back, "action": here}
    return _edit(request, account, form, words, back, is_of_another=account.pk != pk)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a contact of the account `pk`, or of what that was merged into."""
    account = editable_or_403(Account.objects.now_of(pk), acting_user(request))
    form = ContactForm(request.POST or None)
    title = _("New contact at %(account)s") % {"account": account}
    words = {"title": title, "back": account.get_absolute_url()}
    if request.method == "POST" and form.is_valid():
        try:
            services.create_contact(
                form.values() | {"account": account},
                submission_key=form.cleaned_data["submission_key"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("Contact added"))
            return go(request, account.get_absolute_url())
    return _show(request, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a contact, or what it was merged into."""
    contacts = Contact.objects.now_of(pk).select_related("account")
    contact = editable_or_403(contacts, acting_user(request))
    here = reverse("opportunities:contact_edit", args=[contact.pk])
    if contact.pk != pk and request.method != "POST":
        return go(request, here)
    back = reverse("opportunities:account_list")
    if contact.account is not None:
        back = contact.account.get_absolute_url()
    form = ContactForm(request.POST or None, instance=contact)
    words = {"title": _("Edit"), "back": back, "action": here}
    return _edit(request, contact, form, words, back, is_of_another=contact.pk != pk)


@require_safe
@admin_required
def product_list(request: HttpRequest) -> HttpResponse:
    """Show what we sell, with list prices."""
    number = page_number(request.GET.get("page", ""))
    context = {"page": product_page(acting_user(request), number)}
    return render_part(request, "opportunities/product_list.html", "list", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def product_create(request: HttpRequest) -> HttpResponse:
    """Make a product."""
    form = ProductForm(request.POST or None, initial={"is_active": True})
    back = reverse("opportunities:product_list")
    if request.method == "POST" and form.is_valid():
        try:
            services.create_product(
                form.values(), submission_key=form.cleaned_data["submission_key"]
            )
        except ValidationError as error:
            _add(form, error)
        else:
            toast(request, _("Product added"))
            return go(request, back)
    return _show(request, form, {"title": _("New product"), "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def product_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a product."""
    product = editable_or_403(Product.objects, acting_user(request), pk=pk)
    form = ProductForm(request.POST or None, instance=product)
    back = reverse("opportunities:product_list")
    return _edit(
        request, product, form, {"title": _("Edit the product"), "back": back}, back
    )


# -- What they share --------------------------------------------------------------
def _edit(
    request: HttpRequest,
    record: Account | Contact | Product,
    form: RecordForm,
    words: dict[str, str],
    after: str,
    *,
    is_of_another: bool = False,
) -> HttpResponse:
    """Save the form, or show it. One of a record merged meanwhile shows no version."""
    if request.method == "POST" and form.is_valid():
        shown = 0 if is_of_another else form.cleaned_data["version"]
        try:
            services.edit_record(record, form.values(), shown_version=shown)
        except Conflict as conflict:
            names = form.values()
            theirs = {name: getattr(conflict.current, name) for name in names}
            changes = differences(form, theirs)
            with_version(form, conflict.current.version)
            return _show(request, form, words, status=409, changes=changes)
        except ValidationError as error:
            _add(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, after)
    return _show(request, form, words)


def _add(form: RecordForm, error: ValidationError) -> None:
    """Add the error to its fields, or to the whole form."""
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _show(
    request: HttpRequest,
    form: RecordForm,
    words: dict[str, str],
    *,
    status: int | None = None,
    changes: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:
    if status is None:
        status = 422 if request.method == "POST" else 200
    context = {"form": form, "action": request.get_full_path(), **words}
    context["changes"] = changes
    context["is_conflict"] = changes is not None
    return sheet(request, FORM, context, status=status)
