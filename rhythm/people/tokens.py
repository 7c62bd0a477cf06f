"""Tokens of one-time links: how they are made, and what of them is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.utils.crypto import salted_hmac

LASTS = timedelta(days=14)
FIRST_ADMIN = "people.first-admin"
INVITATION = "people.invitation"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_of(key: UUID) -> str:
    """Return the token of one form, the same each time, without keeping it.

    Nobody finds it from the key alone: it takes this installation's secret.
    """
    return salted_hmac(INVITATION, str(key), algorithm="sha256").hexdigest()


def fingerprint(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def first_admin_token() -> str:
    """Return a token that this installation knows as its own without keeping it."""
    return signing.dumps(secrets.token_urlsafe(8), salt=FIRST_ADMIN)


def opens_first_admin(token: str) -> bool:
    """Return whether this installation made the token, not longer than LASTS ago."""
    try:
        signing.loads(token, salt=FIRST_ADMIN, max_age=LASTS)
    except signing.BadSignature:
        return False
    return True
