"""Changes to people, teams and invitations."""

from rhythm.people.services import audit
from rhythm.people.services.invitations import (
    accept,
    first_admin_link,
    found_organisation,
    invite,
    needs_first_admin,
    withdraw,
)
from rhythm.people.services.organisation import edit_organisation
from rhythm.people.services.people import (
    create_person,
    deactivate,
    edit_person,
    place,
    reactivate,
)
from rhythm.people.services.teams import create_team, delete_team, edit_team

__all__ = [
    "accept",
    "audit",
    "create_person",
    "create_team",
    "deactivate",
    "delete_team",
    "edit_organisation",
    "edit_person",
    "edit_team",
    "first_admin_link",
    "found_organisation",
    "invite",
    "needs_first_admin",
    "place",
    "reactivate",
    "withdraw",
]
