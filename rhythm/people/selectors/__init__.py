"""People, teams, invitations and the audit log, shaped for pages."""

from rhythm.people.selectors.leading import leader_of
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
from rhythm.people.selectors.profile import Device, devices
from rhythm.people.selectors.second_factor import SecondFactor, second_factor

__all__ = [
    "Device",
    "PersonPage",
    "PersonRow",
    "SecondFactor",
    "TeamRow",
    "devices",
    "find_people",
    "invitation",
    "is_usable",
    "leader_of",
    "person_page",
    "person_row",
    "role_names",
    "second_factor",
    "team_tree",
    "with_roles",
]
