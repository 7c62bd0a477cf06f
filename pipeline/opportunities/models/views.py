"""Questions to the table that people keep, for themselves or for others."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import Membership, Team, User
from rhythm.web.versions import Versioned


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the own ones, those for everybody, and those for the own teams.

        A view for a team is for its members, for those below, and for who leads it.
        What a view shows is another question: always what its reader may see.
        """
        if not viewer.is_active:
            return self.none()
        below = Q(team__in=Membership.objects.teams_above(viewer)) | Q(
            team__in=Team.objects.led_by(viewer)
        )
        return self.filter(Q(owner=viewer) | Q(is_for_all=True) | below)

    def editable_by(self, editor: User) -> Self:
        """Return the own ones; for admins the shared ones too, to tidy up."""
        if not editor.is_active:
            return self.none()
        if editor.is_admin:
            shared = Q(is_for_all=True) | Q(team__isnull=False)
            return self.visible_to(editor).filter(Q(owner=editor) | shared)
        return self.filter(owner=editor)

    def with_default_of(self, viewer: User) -> Self:
        """Add `is_default`: whether the viewer's table begins with it."""
        chosen = DefaultView.objects.filter(person=viewer, view=OuterRef("pk"))
        return self.annotate(is_default=Exists(chosen))


class SavedView(Versioned):
    """A question to the table with a name. It keeps what is asked, never an answer."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    name = models.CharField(_("name"), max_length=80)
    # What an address says of it, by name: see `Question.values`.
    question = models.JSONField(default=dict, blank=True)
    # How whom and what it names was called then, by the name of the filter.
    names = models.JSONField(default=dict, blank=True)
    # Whose members may use it too. Null for nobody.
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_for_all = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="view_name_once_per_owner",
                violation_error_message=_("You have a view of that name."),
            ),
            models.CheckConstraint(
                name="view_is_for_a_team_or_for_all",
                condition=Q(team=None) | Q(is_for_all=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def share(self) -> str:
        """Whom it is for, as a form says it: "", "team-3", "all"."""
        if self.is_for_all:
            return "all"
        return f"team-{self.team_id}" if self.team_id else ""


class DefaultView(models.Model):
    """With which view a person's table begins."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.person}: {self.view}"
