"""Secrets that the database cannot tell: locked by the installation's own key."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["InvalidToken", "box"]


def box(purpose: bytes) -> MultiFernet:
    """Return what locks secrets of one purpose, and opens nothing of another.

    It locks by the first key, and is opened by the earlier ones too. Opening what a
    key locked that is gone raises InvalidToken.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(each, purpose) for each in keys])


@cache
def _fernet(key: str, purpose: bytes) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=purpose).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
