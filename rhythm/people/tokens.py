"""Tokens of one-time links: how they are made, and what of them is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core import signing

LASTS = timedelta(days=14)
FIRST_ADMIN = "people.first-admin"


def new_token() -> str:
    return secrets.token_urlsafe(32)


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
