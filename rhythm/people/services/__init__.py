"""Changes to people, teams and invitations."""

from rhythm.people.services import audit, devices
from rhythm.people.services.devices import end_devices
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
    know_address,
    place,
    reactivate,
)
from rhythm.people.services.profile import choose_theme, edit_profile
from rhythm.people.services.second_factor import has_any_factor, reset_second_factor
from rhythm.people.services.teams import create_team, delete_team, edit_team

__all__ = [
    "accept",
    "audit",
    "choose_theme",
    "create_person",
    "create_team",
    "deactivate",
    "delete_team",
    "devices",
    "edit_organisation",
    "edit_person",
    "edit_profile",
    "edit_team",
    "end_devices",
    "first_admin_link",
    "found_organisation",
    "has_any_factor",
    "invite",
    "know_address",
    "needs_first_admin",
    "place",
    "reactivate",
    "reset_second_factor",
    "withdraw",
]
