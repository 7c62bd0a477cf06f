"""The saved views that a person may use, and how the table stands to one of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from pipeline.opportunities.models import SavedView
from pipeline.opportunities.selectors.questions import Question, question_from
from rhythm.people.models import Team, User
from rhythm.people.models.team import TeamQuerySet

# The default, the current and the own ones, which are fewer, and then by name.
MOST_LISTED = 200


@dataclass(frozen=True)
class ViewRow:
    """A view as the menu shows it."""

    id: int
    name: str
    version: int
    # Who shares it; empty for an own one.
    by: str
    is_shared: bool
    is_default: bool
    can_edit: bool
    # The rest of the address that asks what it asks.
    address: str
    is_current: bool


@dataclass(frozen=True)
class Views:
    """The views of a person, and the one that the table began with."""

    own: list[ViewRow]
    shared: list[ViewRow]
    current: ViewRow | None = None
    # Whether something else is shown by now than the current one asks.
    is_changed: bool = False
    # What the current one names was called so when it was saved, by filter.
    was: dict[str, str] | None = None
    # Parts of it that nobody knows any more, in words; empty for none.
    lost: str = ""

    @property
    def default(self) -> ViewRow | None:
        return next((row for row in [*self.own, *self.shared] if row.is_default), None)


def views_of(viewer: User, question: Question) -> Views:
    """Return the views that the viewer may use. One query."""
    usable = SavedView.objects.visible_to(viewer).with_default_of(viewer)
    nearest = Q(owner=viewer) | Q(pk=question.view) | Q(is_default=True)
    first = ExpressionWrapper(nearest, output_field=BooleanField())
    keys = usable.order_by(first.desc(), "name", "pk").values("pk")[:MOST_LISTED]
    found = list(
        SavedView.objects.filter(pk__in=keys)
        .with_default_of(viewer)
        .select_related("owner")
        .order_by("name", "pk")
    )
    rows = [(each, _row(each, viewer, question.view)) for each in found]
    own = [row for each, row in rows if each.owner_id == viewer.pk]
    shared = [row for each, row in rows if each.owner_id != viewer.pk]
    for each, row in rows:
        if row.is_current:
            asked = stored(each).values()
            return Views(
                own=own,
                shared=shared,
                current=row,
                is_changed=question.values() != asked,
                was=each.names,
                lost=", ".join(sorted(set(each.question) - set(asked))),
            )
    return Views(own, shared)


def stored(view: SavedView) -> Question:
    """Return what a view asks. What nobody knows any more is left out."""
    return question_from({**view.question, "view": view.pk})


def address_of(view: SavedView) -> str:
    """Return the rest of the address that asks what a view asks, and names it."""
    question = stored(view)
    return question.address() if question.values() else f"view={view.pk}"


def _row(view: SavedView, viewer: User, current: int | None) -> ViewRow:
    is_own = view.owner_id == viewer.pk
    is_shared = view.is_for_all or view.team_id is not None
    return ViewRow(
        id=view.pk,
        name=view.name,
        version=view.version,
        by="" if is_own else view.owner.name,
        is_shared=is_shared,
        is_default=view.is_default,  # type: ignore[attr-defined]
        can_edit=is_own or (viewer.is_admin and is_shared),
        address=address_of(view),
        is_current=view.pk == current,
    )


def teams_to_share_with(by: User) -> TeamQuerySet:
    """Return the teams whose members the person may give a view to."""
    teams = Team.objects.visible_to(by)
    return teams if by.is_admin else teams.led_by(by)


def shares_of(by: User, view: SavedView | None = None) -> list[tuple[str, str]]:
    """Return whom the person may share with, and whom the view is shared with now."""
    teams = teams_to_share_with(by).order_by("name", "pk")
    choices = [("", _("Only me"))]
    choices += [(f"team-{each.pk}", each.name) for each in teams]
    if by.is_admin:
        choices.append(("all", _("Everybody")))
    if view and view.share not in dict(choices):
        name = view.team.name if view.team else _("Everybody")
        choices.append((view.share, name))
    return choices
