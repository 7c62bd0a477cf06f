"""The outbox, for admins."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rhythm.notices import selectors, services
from rhythm.notices.models import Channel, Notice, NoticeState
from rhythm.people.access import (
    acting_user,
    admin_required,
    editable_or_403,
    visible_or_404,
)
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast


@admin_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show what was posted, the newest first."""
    viewer = acting_user(request)
    narrow = selectors.Narrow(
        state=request.GET.get("state", ""),
        kind=request.GET.get("kind", "")[:60],
        channel=whole_number(request.GET.get("channel")),
        is_mail=request.GET.get("channel") == "mail",
        person=request.GET.get("person", "").strip()[:100],
    )
    channels = Channel.objects.visible_to(viewer).values_list("pk", "name")
    context = {
        "notices": selectors.notice_list(
            viewer,
            narrow=narrow,
            before=whole_number(request.GET.get("before")),
            today=viewer.today(timezone.now()),
        ),
        "held": selectors.held(viewer, viewer.today(timezone.now())),
        "narrow": narrow,
        "states": NoticeState.choices,
        "kinds": selectors.outbox_kinds(),
        "channels": channels,
        "asked": selectors.asked(narrow, channels),
        "has_mail_server": settings.HAS_MAIL_SERVER,
    }
    return render_part(request, "notices/notice_list.html", "list", context)


@admin_required
@require_safe
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notice as text."""
    notice = visible_or_404(Notice.objects, acting_user(request), pk=pk)
    return _detail(request, notice)


@admin_required
@require_POST
def notice_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a notice that did not go out in the queue again."""
    notice = editable_or_403(Notice.objects, acting_user(request), pk=pk)
    form = forms.Form(request.POST)
    if form.is_valid():
        with errors_to(form):
            services.resend(notice, now=timezone.now())
            toast(request, _("On its way again"))
            return redirect("notices:notice_detail", pk)
    return _detail(request, notice, form, status=422)


@admin_required
@require_POST
def held_release(request: HttpRequest) -> HttpResponse:
    """Send everything that a restore held."""
    count = services.release_held(now=timezone.now())
    toast(request, ngettext("%d mail released", "%d mails released", count) % count)
    return redirect("notices:notice_list")


@admin_required
@require_POST
def held_drop(request: HttpRequest) -> HttpResponse:
    """Never send what a restore held."""
    count = services.drop_held()
    toast(request, ngettext("%d mail dropped", "%d mails dropped", count) % count)
    return redirect("notices:notice_list")


@admin_required
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    """Post a mail to the admin who asks for it."""
    admin = acting_user(request)
    draft = services.Draft(
        kind="notices.test",
        key=f"notices.test:{uuid.uuid4()}",
        recipient=admin,
        subject=_("A test mail from Rhythm"),
        text=_("This mail was asked for on the outbox page. Mail works.")
        + f"\n\n{settings.APP_BASE_URL}\n",
    )
    services.post([draft], now=timezone.now())
    toast(request, _("Test mail to %(address)s posted") % {"address": admin.email})
    return redirect("notices:notice_list")


def _detail(
    request: HttpRequest,
    notice: Notice,
    form: forms.Form | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    viewer = acting_user(request)
    has_a_way = settings.HAS_MAIL_SERVER or notice.channel is not None
    context = {
        "notice": notice,
        "row": selectors.notice_row(notice, viewer.today(timezone.now())),
        "text": selectors.readable_text(notice),
        "is_secret": notice.is_secret,
        "attempts": selectors.attempt_rows(notice, viewer.today(timezone.now())),
        "may_resend": notice.state in services.RESENDABLE and has_a_way,
        "form": form,
    }
    return render(request, "notices/notice_detail.html", context, status=status)
