"""Changes to the tree of teams."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from rhythm.people.models import AuditKind, Membership, Team, User
from rhythm.people.services import audit
from rhythm.people.services.people import place
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def create_team(
    name: str,
    *,
    parent: Team | None,
    manager: User | None,
    today: date,
    by: User | None = None,
    submission_key: UUID | None = None,
) -> Team:
    """Return a new team, or the one that the same form made before.

    Its manager becomes a member of the team above from today.

    Raises ValidationError if the team above already has one of this name.
    """
    team = Team(
        name=name, parent=parent, manager=manager, submission_key=submission_key
    )
    team, is_new = save_once(team, submission_key, exclude=())
    if not is_new:
        return team
    _place_manager(team, today)
    lead = f"{_('manager')}: {manager or '–'}"
    text = f"{_('made')}; {lead}"
    audit.record(AuditKind.TEAM_CHANGED, by=by, about=manager, subject=name, text=text)
    return team


@transaction.atomic
def edit_team(
    team: Team,
    *,
    name: str,
    parent: Team | None,
    manager: User | None,
    today: date,
    shown_version: int | None,
    by: User | None = None,
) -> Team:
    """Rename a team, put it below another one, or give it another manager.

    All teams below go with it.

    Raises Conflict if somebody else changed it meanwhile, and ValidationError if it
    would be below itself or the name is taken there.
    """
    team = _locked(team)
    check_version(team, shown_version)
    values = {"name": name, "parent": parent, "manager": manager}
    before = audit.values_of(team, values)
    changed = changed_fields(team, values)
    if not changed:
        return team
    if parent and Team.objects.filter(pk=parent.pk, line__contains=[team.pk]).exists():
        raise _below_itself(team, parent)
    team.version += 1
    check_and_save(team, update_fields=[*changed, "version"])
    _place_manager(team, today)
    audit.record(
        AuditKind.TEAM_CHANGED,
        by=by,
        about=manager if "manager" in changed else None,
        subject=team.name,
        text=audit.changes(team, before),
    )
    return team


@transaction.atomic
def delete_team(
    team: Team, *, by: User | None = None, shown_version: int | None = None
) -> None:
    """Delete a team that nothing was ever in.

    Raises Conflict if somebody changed it meanwhile, and ValidationError if it has
    teams below, members, or a past.
    """
    team = _locked(team)
    check_version(team, shown_version)
    if Team.objects.filter(parent=team).exists():
        raise ValidationError(_("There are teams below it."), code="teams")
    if Membership.objects.present().filter(team=team).exists():
        raise ValidationError(_("There are people in it."), code="people")
    try:
        with transaction.atomic():
            team.delete()
    except ProtectedError as error:
        text = _("It had people or reviews: its past stays. Rename it instead.")
        raise ValidationError(text, code="past") from error
    audit.record(AuditKind.TEAM_CHANGED, by=by, subject=team.name, text=_("deleted"))


def _locked(team: Team) -> Team:
    """Return the team, read again with the whole tree locked.

    A move writes to all teams below. The tree is small, so its moves go one by one.
    """
    tree = Team.objects.select_for_update(of=("self",)).order_by("pk")
    found = {each.pk: each for each in tree}
    if team.pk not in found:
        raise ValidationError(_("This team was deleted meanwhile."), code="gone")
    return found[team.pk]


def _below_itself(team: Team, parent: Team) -> ValidationError:
    text = _("%(parent)s is %(team)s itself or below it: that would be a circle.")
    names = {"parent": parent.name, "team": team.name}
    return ValidationError({"parent": ValidationError(text, params=names)})


def _place_manager(team: Team, today: date) -> None:
    """Keep the manager a member of the team above, so that own deals roll up."""
    if team.manager is None:
        return
    if team.parent:
        place(team.manager, team.parent, on=today)
        return
    if Membership.objects.below(team.pk).filter(user=team.manager).exists():
        # Nobody reports to oneself: above the top there is no team.
        place(team.manager, None, on=today)
