"""Saying something, answering, changing it, taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.comments import services
from pipeline.comments.forms import (
    CloseForm,
    CommentForm,
    EditForm,
    ReplyForm,
    WordsForm,
)
from pipeline.comments.models import Comment, Question, QuestionState
from pipeline.comments.views.shared import (
    changed,
    comments,
    deals,
    done,
    offer_namesakes,
)
from pipeline.comments.views.thread import reply_form
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def comment_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about a deal, or ask."""
    by = acting_user(request)
    deal = visible_or_404(deals(), by, pk=pk)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        with errors_to(form):
            services.comment(
                deal,
                form.words(),
                by=by,
                now=timezone.now(),
                asks=data["asks"],
                submission_key=data["submission_key"],
            )
            toast(request, _("Asked") if data["asks"] else _("Said"))
            if not wants_part(request):
                return redirect("comments:thread", pk)
            context = {"form": CommentForm(), "opportunity": deal, "is_fresh": True}
            template = "comments/comment_create.html"
            return changed(render_part(request, template, "form", context))
    context = offer_namesakes(form, deal)
    status = 422 if form.errors else 200
    template = "comments/comment_create.html"
    return render_part(request, template, "form", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def reply_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply to a comment; a reply may answer its question."""
    by = acting_user(request)
    comment = visible_or_404(comments(), by, pk=pk)
    if comment.parent_id:
        return redirect("comments:reply_create", comment.parent_id)
    form = reply_form(comment, by) or ReplyForm()
    if request.method == "POST":
        form = ReplyForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with errors_to(form):
            made = services.reply(
                comment,
                form.words(),
                by=by,
                now=timezone.now(),
                answers=data["answers"],
                submission_key=data["submission_key"],
            )
            toast(request, _("Answered") if made.is_answer else _("Said"))
            return done(request, made)
    return _sheet(request, "comments/reply.html", form, comment)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own words."""
    by = acting_user(request)
    comment = editable_or_403(comments(), by, pk=pk)
    template = "comments/comment_edit.html"
    if request.method != "POST":
        initial = {"text": comment.text, "version": comment.version}
        return _sheet(request, template, EditForm(initial=initial), comment)
    form = EditForm(request.POST)
    if form.is_valid():
        try:
            with errors_to(form):
                made = services.edit(
                    comment,
                    form.words(),
                    by=by,
                    now=timezone.now(),
                    shown_version=form.cleaned_data["version"],
                )
                toast(request, _("Changed"))
                return done(request, made)
        except Conflict as conflict:
            now = conflict.current
            assert isinstance(now, Comment)
            more = {"changes": differences(form, {"text": now.text})}
            with_version(form, now.version)
            return _sheet(
                request, template, form, comment, status=409, is_conflict=True, **more
            )
    return _sheet(request, template, form, comment)


@require_POST
def comment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own words back; an admin removes those of others too."""
    by = acting_user(request)
    comment = visible_or_404(comments(), by, pk=pk)
    services.remove(comment, by=by, now=timezone.now())
    toast(request, _("Removed"), undo=reverse("comments:put_back", args=[pk]))
    return done(request, comment)


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo removing it."""
    by = acting_user(request)
    comment = visible_or_404(comments(), by, pk=pk)
    services.put_back(comment, by=by, now=timezone.now())
    toast(request, _("Back again"))
    return done(request, comment)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End one's own question: answered elsewhere, or not needed any more."""
    by = acting_user(request)
    question = editable_or_403(_questions(), by, comment=pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        with errors_to(form):
            how = QuestionState(form.cleaned_data["how"])
            services.close(question, how, by=by, now=timezone.now())
            undo = reverse("comments:reopen", args=[pk])
            toast(request, _("Not open any more"), undo=undo)
            return done(request, question.comment)
    return _refused(request, question, form)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo closing a question."""
    by = acting_user(request)
    question = editable_or_403(_questions(), by, comment=pk)
    # Nothing to fill in: it only carries what may be refused.
    form = forms.Form(request.POST)
    if form.is_valid():
        with errors_to(form):
            services.reopen(question, by=by)
            toast(request, _("Open again"))
            return done(request, question.comment)
    return _refused(request, question, form)


def _questions() -> Any:
    return Question.objects.select_related("comment__opportunity")


def _refused(
    request: HttpRequest, question: Question, form: forms.Form
) -> HttpResponse:
    """Say why a question stays as it is, beside what it is by now."""
    comment = visible_or_404(comments(), acting_user(request), pk=question.comment_id)
    return _sheet(request, "comments/settled.html", form, comment)


def _sheet(
    request: HttpRequest,
    template: str,
    form: Any,
    comment: Comment,
    *,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    context = {"comment": comment, "opportunity": comment.opportunity, "form": form}
    if isinstance(form, WordsForm):
        edited = comment if isinstance(form, EditForm) else None
        context |= offer_namesakes(form, comment.opportunity, edited)
    refused = 422 if form.errors else 200
    context |= more
    return render_part(request, template, "sheet", context, status=status or refused)
