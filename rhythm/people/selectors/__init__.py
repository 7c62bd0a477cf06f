"""People, teams, invitations and the audit log, shaped for pages."""

from rhythm.people.selectors.people import (
    PersonPage,
    PersonRow,
    TeamRow,
    find_people,
    invitation,
    is_usable,
    person_page,
    person_row,
    role_names,
    team_tree,
    with_roles,
)

__all__ = [
    "PersonPage",
    "PersonRow",
    "TeamRow",
    "find_people",
    "invitation",
    "is_usable",
    "person_page",
    "person_row",
    "role_names",
    "team_tree",
    "with_roles",
]
