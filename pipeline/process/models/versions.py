"""The versions of a process, and the draft of its next one."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.process.models.processes import ConfigurationQuerySet, Process
from rhythm.people.models import User
from rhythm.web.versions import Versioned


class ForPresent(models.TextChoices):
    """What a stricter process means for the deals that are there already."""

    GRACE = "grace", _("Give them time")
    NEW = "new", _("Only new deals")
    NOW = "now", _("Bind them now")


class ProcessVersion(models.Model):
    """A process as it was published. Written once, then only read."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="versions")
    # Counts from 1 in each process.
    number = models.PositiveIntegerField()
    # Null for the first one of a process that came with a template or an import.
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    # Why, in the publisher's words.
    note = models.CharField(_("why"), max_length=500, blank=True)
    # The whole process, as `process.content` writes it.
    content = models.JSONField()
    # What changed since the version before, a sentence each.
    changes = models.JSONField(default=list)
    # Blank where nothing became stricter, and in the first version.
    for_present = models.CharField(max_length=5, choices=ForPresent, blank=True)
    # With days of grace: when they end.
    binds_from = models.DateTimeField(null=True, blank=True)

    objects = ConfigurationQuerySet["ProcessVersion"].as_manager()

    class Meta:
        ordering = ["process", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "number"], name="version_number_once_in_process"
            ),
            models.CheckConstraint(
                name="version_in_grace_says_until_when",
                condition=Q(for_present="grace", binds_from__isnull=False)
                | (~Q(for_present="grace") & Q(binds_from=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process}, {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("process:version_detail", args=[self.process_id, self.number])


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts are the admins' own."""

    def visible_to(self, viewer: User) -> Self:
        return self if viewer.is_active and viewer.is_admin else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)

    def with_stage(self, pk: int) -> Self:
        """Return the draft in which there is a stage of that id."""
        return self.filter(content__stages__contains=[{"id": pk}])


class Draft(Versioned):
    """The edits of a process that are not published. None where nothing is edited."""

    process = models.OneToOneField(Process, models.CASCADE, related_name="draft")
    # The whole process as it would be, and what becomes of what goes; see
    # `process.content`.
    content = models.JSONField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.process}, {self.version}"

    @property
    def shown(self) -> str:
        """Return what a form carries of the draft that it shows.

        A version alone would be met again by the draft after this one.
        """
        return f"{self.pk}-{self.version}"
