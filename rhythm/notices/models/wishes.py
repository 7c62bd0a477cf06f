"""How a person wants to be told."""

from __future__ import annotations

from datetime import time
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rhythm.notices.kinds import Delivery, kind_of
from rhythm.people.models import User
from rhythm.web.versions import Versioned

WEEKDAYS = (1, 2, 3, 4, 5)


def weekdays() -> list[int]:
    return list(WEEKDAYS)


class WishesQuerySet(models.QuerySet["Wishes"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the viewer's own: they are nobody else's business."""
        return self.filter(user=viewer) if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)


class Wishes(Versioned):
    """What one person chose about mail. Who chose nothing has none: the defaults."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    # Key of a kind to a Delivery, where it is not the kind's own.
    deliveries = models.JSONField(default=dict, blank=True)
    # On the person's own wall. Mail that comes in them waits; both or none.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    has_digest = models.BooleanField(default=True)
    digest_at = models.TimeField(default=time(7, 30))
    # ISO: 1 is Monday.
    digest_days = ArrayField(
        models.PositiveSmallIntegerField(), default=weekdays, blank=True
    )

    objects = WishesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_both_ends",
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                violation_error_message=_("Say from when and until when."),
            ),
        ]

    def __str__(self) -> str:
        return f"Wishes of {self.user_id}"

    def delivery(self, kind: str) -> Delivery:
        """Return how a notice of this kind goes to the person."""
        found = kind_of(kind)
        chosen = self.deliveries.get(found.key)
        return Delivery(chosen) if chosen in found.choices else found.delivery
