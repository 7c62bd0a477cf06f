"""Editing and removing a stage, with what that means for the deals in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities.forms.process_changes import DROP, KEEP, RemoveStageForm
from pipeline.opportunities.selectors import process_impact as impacts
from pipeline.opportunities.services import process_changes as services
from pipeline.process import selectors as process
from pipeline.process import services as process_services
from pipeline.process.access import process_of_stage
from pipeline.process.content import Removal
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.forms import StageEdit
from pipeline.process.models import Stage
from rhythm.people.access import acting_user
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

EDITOR = "opportunities/stage_edit.html"
REMOVE = "opportunities/stage_remove.html"


@dataclass(frozen=True)
class Removed:
    """A milestone that the edit removes, and what becomes of its answers."""

    key: str
    title: str
    answers: int
    # "", "drop", or the key of a milestone.
    chosen: str

    @property
    def is_undecided(self) -> bool:
        return bool(self.answers) and not self.chosen


@dataclass
class Desk:
    """Everything about one edit of one stage while it is being made."""

    request: HttpRequest
    found: process.Working
    # As it stands in the draft; not saved.
    stage: Stage
    stored: StageDraft
    edit: StageEdit

    @property
    def live(self) -> StageDraft | None:
        """The stage as it is published; None for a new one."""
        return self.found.live_stage(self.stage.pk)

    @property
    def shown_version(self) -> int:
        """The version that the form was shown; 0, which never is one, if it is none."""
        return whole_number(self.request.POST.get("version")) or 0

    def removed(self) -> list[Removed]:
        """Return the milestones there are that have no row any more. One query."""
        kept = self.edit.ids()
        gone = {pk: e for pk, e in self.restorable().items() if pk not in kept}
        answers = impacts.answers_to(gone) if gone else {}
        return [
            Removed(f"m{pk}", each.title, answers.get(pk, 0), self._chosen(pk))
            for pk, each in gone.items()
        ]

    def _chosen(self, milestone_id: int) -> str:
        if self.request.method == "POST":
            chosen = self.request.POST.get(f"answers-m{milestone_id}", "")
        elif milestone_id in self.found.plan.answers:
            to = self.found.plan.answers[milestone_id]
            chosen = "drop" if to is None else f"m{to}"
        else:
            chosen = ""
        stays = {f"m{pk}" for pk in self.edit.ids()}
        return chosen if chosen == "drop" or chosen in stays else ""

    def answers(self, removed: list[Removed]) -> dict[int, int | None]:
        """Return which milestone takes over the answers of each removed one."""
        return {
            int(each.key[1:]): None if each.chosen == "drop" else int(each.chosen[1:])
            for each in removed
            if each.chosen
        }

    def restorable(self) -> Mapping[int, MilestoneDraft]:
        """Return the milestones of the draft and the published ones, as they are."""
        live = self.live.milestones if self.live else ()
        return {each.id: each for each in (*live, *self.stored.milestones) if each.id}


def _desk(request: HttpRequest, pk: int) -> Desk | None:
    """Return the stage as the draft has it; None if the draft removes it."""
    found = process.working(process_of_stage(pk, acting_user(request)))
    stored = found.plan.stage(pk)
    if stored is None:
        return None
    stage = found.stage(pk)
    is_sent = request.method == "POST"
    edit = (
        StageEdit.sent(stage, request.POST)
        if is_sent
        else StageEdit.stored(stage, stored)
    )
    return Desk(request, found, stage, stored, edit)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a stage that the draft removes can be put back."""
    toast(request, _("The draft removes this stage."), level="error")
    owner = process_of_stage(pk, acting_user(request))
    return go(request, reverse("opportunities:process_draft", args=[owner.pk]))


def _context(desk: Desk, *, is_checked: bool = True, **more: Any) -> dict[str, Any]:
    """Return what the editor shows of the edit as it stands, kept or not.

    is_checked: say what is wrong with it; otherwise the person is still at it.
    """
    is_sent = desk.request.method == "POST"
    viewer, now = acting_user(desk.request), timezone.now()
    draft = desk.edit.rough_draft(desk.stored) if is_sent else desk.stored
    removed = desk.removed()
    impact = impacts.process_impact(
        desk.stage,
        desk.live,
        draft,
        viewer=viewer,
        now=now,
        answers=desk.answers(removed),
    )
    owner = desk.found.process
    page = process.process_page(owner, desk.found.plan.stages)
    return {
        "process": page,
        "stage": desk.stage,
        "next_stage": _next_name(page, desk.stage),
        "version": desk.stage.version,
        "edit": desk.edit if is_checked else desk.edit.shown(),
        "removed": removed,
        "impact": impact,
        "edits": process.count_edits(desk.stored, draft),
        "draft": draft,
        "lines": process.draft_lines(draft),
        "state": process.draft_state(owner, viewer=viewer, now=now, found=desk.found),
        **more,
    }


def _next_name(page: process.ProcessPage, stage: Stage) -> str:
    """Return the stage that the gate leads to."""
    after = [each.name for each in page.stages if each.number > stage.position]
    won = [each.name for each in page.closed[:1]]
    return next(iter(after + won), "")


def _answer(desk: Desk, status: int = 200, **more: Any) -> HttpResponse:
    context = _context(desk, **more)
    return render_part(desk.request, EDITOR, "editor", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def stage_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit one stage and its milestones in the draft, kept whole or not at all.

    A `step` adds, removes or moves a milestone in the form; nothing is kept by it.
    """
    desk = _desk(request, pk)
    if desk is None:
        return _gone(request, pk)
    if request.method != "POST":
        return _answer(desk)
    if step := request.POST.get("step"):
        desk.edit.step(step, desk.restorable())
        return _answer(desk, is_checked=False)
    if not desk.edit.is_valid():
        return _answer(desk, 422)
    if desk.shown_version != desk.stage.version:
        return _conflict(desk)
    return _save(desk)


def _save(desk: Desk) -> HttpResponse:
    removed = desk.removed()
    draft = desk.edit.draft()
    if any(each.is_undecided for each in removed):
        return _answer(desk, 422, must_decide=True)
    try:
        with errors_to(desk.edit.form):
            process_services.draft_stage(
                desk.found.process,
                draft,
                answers=desk.answers(removed),
                by=acting_user(desk.request),
                now=timezone.now(),
                shown_version=desk.shown_version,
            )
    except Conflict:
        again = _desk(desk.request, desk.stage.pk)
        return _conflict(again) if again else _gone(desk.request, desk.stage.pk)
    if desk.edit.form.errors:
        return _answer(desk, 422)
    toast(desk.request, _("%(name)s is kept in the draft.") % {"name": draft.name})
    return go(desk.request, reverse("opportunities:stage_edit", args=[desk.stage.pk]))


def _conflict(desk: Desk) -> HttpResponse:
    """Show both edits to choose from. The same edit twice is no conflict."""
    url = reverse("opportunities:stage_edit", args=[desk.stage.pk])
    changes = process.differences(desk.stored, desk.edit.rough_draft(desk.stored))
    if not changes:
        return go(desk.request, url)
    desk.edit.renew(desk.restorable())
    return _answer(desk, 409, is_checked=False, changes=changes, reload_url=url)


@require_POST
def process_impact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the edit as it stands would mean for deals, without keeping it."""
    desk = _desk(request, pk)
    if desk is None:
        return _gone(request, pk)
    context = _context(desk, with_save_bar=wants_part(request))
    return render_part(request, EDITOR, "impact", context)


@require_http_methods(["GET", "HEAD", "POST"])
def stage_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask where the deals of a stage go, then take it out of the draft."""
    by = acting_user(request)
    owner = process_of_stage(pk, by)
    found = process.working(owner)
    if found.plan.stage(pk) is None:
        return _gone(request, pk)
    stage = found.stage(pk)
    use = services.stage_use(stage, found.plan)
    form = RemoveStageForm(
        request.POST if request.method == "POST" else None,
        others=[each for each in found.plan.opened() if each.id != pk],
        use=use,
    )
    context = {"form": form, "stage": stage, "use": use}
    if request.method == "POST" and form.is_valid():
        removal = Removal(
            stage_id=pk,
            to=form.cleaned_data.get("to"),
            keep_answers=form.cleaned_data.get("answers", DROP) == KEEP,
        )
        shown = whole_number(request.POST.get("version")) or 0
        try:
            with errors_to(form):
                process_services.draft_removal(
                    owner, removal, by=by, now=timezone.now(), shown_version=shown
                )
                text = _("%(name)s goes when the draft is published.")
                toast(request, text % {"name": stage.name})
                url = reverse("opportunities:process_draft", args=[owner.pk])
                return go(request, url)
        except Conflict:
            context["is_stale"] = True
            return render_part(request, REMOVE, "sheet", context, status=409)
    status = 422 if form.errors else 200
    return render_part(request, REMOVE, "sheet", context, status=status)
