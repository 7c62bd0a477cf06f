"""Files from elsewhere: uploaded, mapped, tried dry, then brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import User
from rhythm.web.versions import Versioned


class ImportState(models.TextChoices):
    # The person still answers questions: files, columns, dates, stages, owners.
    DRAFT = "draft", _("Being set up")
    # A worker shall check every row without changing anything.
    CHECK_QUEUED = "check_queued", _("Waiting to be checked")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Checked")
    RUN_QUEUED = "run_queued", _("Waiting to run")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class FileKind(models.TextChoices):
    """What the rows of a file are, in the order in which they are brought in."""

    PEOPLE = "people", _("People")
    PRODUCTS = "products", _("Products")
    ACCOUNTS = "accounts", _("Accounts")
    CONTACTS = "contacts", _("Contacts")
    OPPORTUNITIES = "opportunities", _("Deals")
    ACTIVITIES = "activities", _("Activities")


class RowAction(models.TextChoices):
    CREATE = "create", _("Created")
    CHANGE = "change", _("Changed")
    SAME = "same", _("Unchanged")
    SKIP = "skip", _("Skipped")
    REFUSE = "refuse", _("Refused")


class ImportQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, viewer: User) -> Self:
        """Return all imports to admins; nobody else knows of them."""
        return self if viewer.is_active and viewer.is_admin else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)

    def claimable(self, now: datetime) -> Self:
        """Return the ones that wait, or whose worker has not been heard of."""
        waiting = Q(state__in=[ImportState.CHECK_QUEUED, ImportState.RUN_QUEUED])
        lost = Q(
            state__in=[ImportState.CHECKING, ImportState.RUNNING],
            claimed_until__lt=now,
        )
        return self.filter(waiting | lost)


class ImportRun(Versioned):
    """One import of one or several related files."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Names the system that the files come from; with the external ids it makes a
    # repeated import find its records again.
    source = models.CharField(_("source"), max_length=60, default="crm")
    state = models.CharField(
        max_length=12, choices=ImportState, default=ImportState.DRAFT
    )
    # Answers that hold for all files: process, stages, owners, products, dates.
    answers = models.JSONField(default=dict)
    # Per kind of file and per action, how many rows.
    counts = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=1000, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Import {self.pk}"


class ImportFile(models.Model):
    """One uploaded file, and how to read it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=13, choices=FileKind, blank=True)
    # The person's name for it, for display only; the path is made by the server.
    name = models.CharField(max_length=255)
    path = models.FileField(upload_to="imports/")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # csv or xlsx.
    form = models.CharField(max_length=4)
    # How a CSV is read: `encoding`, `delimiter`; of an XLSX: `sheet`.
    reading = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    # The first rows, to be shown beside the mapping.
    sample = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    # Field name to column name; and for dates and numbers, the chosen format.
    mapping = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """What happens, or happened, with one row of a file. Written by COPY."""

    file = models.ForeignKey(
        ImportFile, models.CASCADE, related_name="results", db_index=False
    )
    line = models.PositiveIntegerField()
    action = models.CharField(max_length=6, choices=RowAction)
    # Names the record that the row is about.
    label = models.CharField(max_length=255, blank=True)
    # Why it is refused or skipped; or for a change, which fields, old and new.
    reasons = models.JSONField(default=list)
    # The cells as they came, for the file of refused rows. Empty for the others.
    cells = models.JSONField(default=list)

    class Meta:
        ordering = ["file", "line"]
        constraints = [
            models.UniqueConstraint(fields=["file", "line"], name="one_result_a_row")
        ]
        indexes = [
            models.Index(
                fields=["file", "action", "line"], name="import_rows_by_action"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file}, row {self.line}"
