"""Links that let a person choose a password and come in, once."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, now: datetime) -> Self:
        """Return those neither used, withdrawn nor expired at `now`."""
        return self.filter(
            used_at=None,
            withdrawn_at=None,
            expires_at__gt=now,
            user__is_active=True,
        )


class Invitation(models.Model):
    """A one-time link for a person. Only the SHA-256 of its token is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations"
    )
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    # Null when the installation itself invited: the first admin.
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Invitation of {self.user}"
