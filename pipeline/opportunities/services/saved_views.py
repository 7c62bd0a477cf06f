"""Saved views: made, changed, shared, chosen and removed."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import DefaultView, SavedView
from pipeline.opportunities.selectors.named import names_in
from pipeline.opportunities.selectors.questions import Question
from pipeline.opportunities.selectors.saved_views import teams_to_share_with
from rhythm.people.access import require_editable, visible_or_404
from rhythm.people.models import User
from rhythm.web.numbers import whole_number
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version

# More than these nobody finds anything in.
MOST_VIEWS = 100


@transaction.atomic
def save_view(
    question: Question,
    *,
    name: str,
    share: str,
    by: User,
    submission_key: UUID | None = None,
) -> SavedView:
    """Return a new view of the person's, or the one that the same form made before.

    share is whom it is for: "", "team-3", "all". Raises ValidationError if the name is
    taken, if there are too many, or if the person may not share with these.
    """
    view = SavedView(
        owner=by,
        name=name,
        question=question.values(),
        names=_names(by, question),
        submission_key=submission_key,
    )
    _share(view, share, by)
    found, is_new = save_once(view, submission_key, exclude=())
    if is_new and SavedView.objects.filter(owner=by).count() > MOST_VIEWS:
        raise ValidationError(_("These are many views. Remove one that nobody uses."))
    return found


@transaction.atomic
def edit_view(
    view: SavedView, *, name: str, share: str, by: User, shown_version: int | None
) -> SavedView:
    """Rename a view, or share it otherwise. Raises Conflict, ValidationError."""
    current = _locked(view, by, shown_version)
    if share != current.share:
        _share(current, share, by)
    changed = changed_fields(current, {"name": name})
    current.version += 1
    fields = [*changed, "team", "is_for_all", "version"]
    check_and_save(current, update_fields=fields)
    return current


@transaction.atomic
def ask_otherwise(
    view: SavedView, question: Question, *, by: User, shown_version: int | None
) -> SavedView:
    """Let a view ask what is shown now. Raises Conflict."""
    current = _locked(view, by, shown_version)
    current.question, current.names = question.values(), _names(by, question)
    current.version += 1
    current.save(update_fields=["question", "names", "version"])
    return current


@transaction.atomic
def remove_view(view: SavedView, *, by: User, shown_version: int | None) -> None:
    """Remove a view, for everybody who used it. Raises Conflict."""
    _locked(view, by, shown_version).delete()


@transaction.atomic
def begin_with(view: SavedView, *, by: User, wanted: bool) -> None:
    """Let the person's table begin with this view, or with no view any more."""
    # It may have become somebody's own again while this waited.
    visible_or_404(SavedView.objects, by, pk=view.pk)
    if wanted:
        DefaultView.objects.update_or_create(person=by, defaults={"view": view})
    else:
        DefaultView.objects.filter(person=by, view=view).delete()


def _locked(view: SavedView, by: User, shown_version: int | None) -> SavedView:
    current = visible_or_404(
        SavedView.objects.select_for_update(of=("self",)), by, pk=view.pk
    )
    require_editable(SavedView.objects, by, current.pk)
    check_version(current, shown_version)
    return current


def _names(by: User, question: Question) -> dict[str, str]:
    return {kind: each.name for kind, each in names_in(by, question).items()}


def _share(view: SavedView, share: str, by: User) -> None:
    """Set whom the view is for. Raises ValidationError if that is not theirs to say."""
    refused = ValidationError(
        {"share": _("Share with a team that you lead, or with nobody.")}
    )
    view.team, view.is_for_all = None, share == "all"
    if share == "all" and not by.is_admin:
        raise refused
    if share in ("", "all"):
        return
    key = whole_number(share.removeprefix("team-"))
    view.team = teams_to_share_with(by).filter(pk=key or 0).first()
    if view.team is None:
        raise refused
