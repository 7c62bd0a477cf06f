"""Leave: the days on which a person is away."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rhythm.people.models.user import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class LeaveQuerySet(models.QuerySet["Leave"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the own ones, and those of whoever's work `viewer` may see."""
        if not viewer.is_active:
            return self.none()
        return self.filter(user__in=User.objects.visible_to(viewer))

    def editable_by(self, editor: User) -> Self:
        """Return the own ones, and those of the people whom `editor` leads."""
        if not editor.is_active:
            return self.none()
        if editor.is_admin:
            return self
        return self.filter(Q(user=editor) | Q(user__in=User.objects.led_by(editor)))

    def on(self, day: date) -> Self:
        """Return those in which `day` falls."""
        return self.filter(first_on__lte=day, last_on__gte=day)


@tracked(exclude=("version", "submission_key"))
class Leave(Versioned):
    """That somebody is away, from a day to a day, both included. Not why."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="leaves",
        verbose_name=_("person"),
    )
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="leave_ends_after_it_begins",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("It ends before it begins."),
            )
        ]
        indexes = [
            models.Index(fields=["user", "last_on"], name="leave_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.first_on} to {self.last_on}"
