"""Who may do what with a commitment. Each function reads, none changes anything."""

from __future__ import annotations

from rhythm.commitments.models import Commitment
from rhythm.people.models import User


def may_keep(commitment: Commitment, person: User) -> bool:
    """Return whether `person` may mark it kept, or ask for a new date.

    That is the promiser; for one who cannot sign in, whoever leads the promiser.
    """
    return _is_or_stands_in(commitment.promiser, person)


def may_answer(commitment: Commitment, person: User) -> bool:
    """Return whether `person` may agree to a new date.

    That is the receiver; for one who cannot sign in, whoever leads the receiver.
    """
    return _is_or_stands_in(commitment.receiver, person)


def may_drop(commitment: Commitment, person: User) -> bool:
    """Return whether `person` may release the promiser from it.

    That is the receiver, and whoever leads the promiser. Not the promiser alone:
    nobody releases themselves from what they promised to somebody else.
    """
    if not person.is_active:
        return False
    return may_answer(commitment, person) or person.leads(commitment.promiser)


def _is_or_stands_in(whose: User, person: User) -> bool:
    if not person.is_active:
        return False
    return person == whose or (whose.is_absent and person.leads(whose))
