"""Chat channels, for admins and for those who lead teams."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.notices import services
from rhythm.notices.channel_forms import ChannelForm
from rhythm.notices.models import Channel
from rhythm.notices.selectors.channels import channel_list as found_channels
from rhythm.notices.selectors.channels import channel_page
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.limits import limited
from rhythm.people.models import User
from rhythm.web.conflicts import with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
def channel_list(request: HttpRequest) -> HttpResponse:
    """Show the channels that the viewer keeps."""
    viewer = _keeper(request)
    rows = found_channels(viewer, viewer.today(timezone.now()))
    return render(request, "notices/channel_list.html", {"channels": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def channel_create(request: HttpRequest) -> HttpResponse:
    """Make a channel; one that a program reads shows its secret, this once."""
    by = _keeper(request)
    form = ChannelForm(request.POST or None, by=by)
    if form.is_valid():
        with errors_to(form):
            channel = services.create_channel(
                **form.values(),
                by=by,
                submission_key=form.cleaned_data["submission_key"],
            )
            if channel.locked_secret:
                return _secret(request, channel)
            toast(request, _("Channel made"))
            return redirect("notices:channel_detail", channel.pk)
    return _edit(request, {"form": form}, 422 if form.errors else 200)


@require_safe
def channel_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one channel, and what was posted there lately.

    While a test is under way, the page asks again by itself.
    """
    channel = visible_or_404(
        Channel.objects.select_related("team"), acting_user(request), pk=pk
    )
    return _detail(request, channel)


@require_http_methods(["GET", "HEAD", "POST"])
def channel_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a channel is told of, whose it is, or where it is."""
    by = acting_user(request)
    channel = editable_or_403(Channel.objects, by, pk=pk)
    form = ChannelForm(
        request.POST or None, by=by, channel=channel, initial=_shown(channel)
    )
    status = 0
    if form.is_valid():
        try:
            with errors_to(form):
                services.edit_channel(
                    channel,
                    **form.values(),
                    shown_version=form.cleaned_data["version"],
                    by=by,
                )
                toast(request, _("Saved"))
                return redirect("notices:channel_detail", pk)
        except Conflict as conflict:
            with_version(form, conflict.current.version)
            form.add_error(None, _("Somebody changed it meanwhile. Save to go on."))
            status = 409
    context = {"form": form, "channel": channel}
    return _edit(request, context, status or (422 if form.errors else 200))


@limited("channel_test")
@require_POST
def channel_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a message to the channel that says who tries it."""
    by = acting_user(request)
    channel = editable_or_403(Channel.objects, by, pk=pk)
    key = f"notices.channel_test:{uuid4()}"
    services.send_test(channel, key=key, by=by, now=timezone.now())
    toast(request, _("A test is on its way"))
    return redirect("notices:channel_detail", pk)


@require_POST
def channel_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the channel another secret, and show it, this once."""
    by = acting_user(request)
    channel = editable_or_403(Channel.objects, by, pk=pk)
    form = forms.Form(request.POST)
    if form.is_valid():
        with errors_to(form):
            return _secret(request, services.renew_secret(channel, by=by))
    return _detail(request, channel, form, status=422)


@require_POST
def channel_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign by the newer secret alone."""
    by = acting_user(request)
    channel = editable_or_403(Channel.objects, by, pk=pk)
    services.forget_old_secret(channel, by=by)
    toast(request, _("Old secret forgotten"))
    return redirect("notices:channel_detail", pk)


@require_POST
def channel_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Post to the channel again from now on, or no more."""
    by = acting_user(request)
    channel = editable_or_403(Channel.objects, by, pk=pk)
    is_on = request.POST.get("on") == "1"
    services.switch(channel, on=is_on, by=by)
    toast(request, _("Switched on") if is_on else _("Switched off"))
    return redirect("notices:channel_detail", pk)


def _keeper(request: HttpRequest) -> User:
    """Return who makes this request. For others than admins and leaders: 404."""
    user = acting_user(request)
    if not (user.is_admin or user.is_manager):
        raise Http404
    return user


def _shown(channel: Channel) -> dict[str, Any]:
    names = ("name", "team", "occasions", "names_deals", "version")
    return {name: getattr(channel, name) for name in names}


def _edit(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "notices/channel_edit.html", context, status=status)


def _secret(request: HttpRequest, channel: Channel) -> HttpResponse:
    context = {"channel": channel, "secret": services.secret_of(channel)}
    response = render(request, "notices/channel_secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _detail(
    request: HttpRequest,
    channel: Channel,
    form: forms.Form | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    viewer = acting_user(request)
    context = {
        "page": channel_page(channel, viewer.today(timezone.now())),
        "may_read_deliveries": viewer.is_admin,
        "form": form,
    }
    template = "notices/channel_detail.html"
    return render_part(request, template, "channel", context, status=status)
