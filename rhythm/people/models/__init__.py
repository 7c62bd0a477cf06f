"""Who works here, in which team, and whose work each may see."""

from rhythm.people.models.audit import AuditEntry, AuditKind
from rhythm.people.models.invitation import Invitation
from rhythm.people.models.leave import Leave
from rhythm.people.models.organisation import Organisation, SecondFactorFor
from rhythm.people.models.team import Membership, Team
from rhythm.people.models.user import Theme, User

__all__ = [
    "AuditEntry",
    "AuditKind",
    "Invitation",
    "Leave",
    "Membership",
    "Organisation",
    "SecondFactorFor",
    "Team",
    "Theme",
    "User",
]
