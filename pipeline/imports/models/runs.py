"""Files from elsewhere: uploaded, mapped, tried dry, then brought in."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pipeline.imports.models.states import (
    TAKEN,
    WAITING,
    WORKING,
    FileKind,
    ImportState,
)
from rhythm.people.models import User
from rhythm.web.versions import Versioned


class ImportQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, viewer: User) -> Self:
        """Return all imports to admins; nobody else knows of them."""
        return self if viewer.is_active and viewer.is_admin else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)

    def claimable(self) -> Self:
        """Return the ones that wait, or whose worker has not been heard of.

        By the database's clock: leases never trust a worker's own.
        """
        lost = Q(state__in=WORKING, claimed_until__lt=Now())
        return self.filter(Q(state__in=WAITING) | lost)


class ImportRun(Versioned):
    """One import of one or several related files."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)
    # Goes on by itself as long as nothing is to be asked: from a folder, or a link.
    is_automatic = models.BooleanField(default=False)
    # Names the system that the files come from; with the external ids it makes a
    # repeated import find its records again.
    source = models.CharField(_("source"), max_length=60, default="crm")
    state = models.CharField(
        max_length=12, choices=ImportState, default=ImportState.DRAFT
    )
    # Answers that hold for all files: see pipeline/imports/answers.py.
    answers = models.JSONField(default=dict)
    # What people, products and stages of the files became, so that work can resume.
    resolved = models.JSONField(default=dict)
    # `{file id: {kind: {action: rows}}}`, kept up chunk by chunk.
    counts = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    # Claims since the last progress; at MAXIMUM_ATTEMPTS the import fails.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Counts every claim: a worker that lost its claim cannot write any more.
    claim = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=1000, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # Two imports that write to the same source never interleave.
            models.UniqueConstraint(
                "source",
                name="one_running_import_per_source",
                condition=Q(state__in=["running", "undoing"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="imports_that_wait",
                condition=Q(
                    state__in=[
                        "read_queued",
                        "reading",
                        "check_queued",
                        "checking",
                        "run_queued",
                        "running",
                        "undo_queued",
                        "undoing",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("imports:import_detail", args=[self.pk])

    @property
    def is_working(self) -> bool:
        """Whether a worker has it, or will take it up."""
        return self.state in (*WAITING, *WORKING)

    @property
    def is_final(self) -> bool:
        """Whether nothing about it can change any more."""
        return self.state in (
            ImportState.DONE,
            ImportState.CANCELLED,
            ImportState.UNDONE,
        )


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def taken(self) -> Self:
        """Return the files whose rows are brought in."""
        return self.filter(kind__in=TAKEN, problem="")


class ImportFile(models.Model):
    """One uploaded file, and how to read it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=13, choices=FileKind, default=FileKind.IGNORE)
    # Whose column names it has: a name of presets.PRESETS.
    preset = models.CharField(max_length=12, default="plain")
    # The person's name for it, for display only; the path is made by the server.
    name = models.CharField(max_length=255)
    path = models.FileField(upload_to="imports/")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    # csv or xlsx; empty when it is neither.
    form = models.CharField(max_length=4, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, default=",")
    sheet = models.CharField(max_length=100, blank=True)
    sheets = models.JSONField(default=list)
    # Why it cannot be brought in, for a person to read. Empty when it can.
    problem = models.CharField(max_length=500, blank=True)
    # Odd things that a person should know, one a line.
    notes = models.JSONField(default=list)
    # Names its columns, whatever their order: files of one shape have one mapping.
    shape = models.CharField(max_length=64, blank=True, db_index=True)
    # What each column holds: see profiles.Column.
    columns = models.JSONField(default=list)
    # The first rows, to be shown beside the mapping.
    sample = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    broken_rows = models.PositiveIntegerField(default=0)
    # Field name to column name.
    mapping = models.JSONField(default=dict)
    # Columns that together name a record when the file has no id.
    keys = models.JSONField(default=list)
    # Column name to the order of its dates, or the decimal mark of its numbers.
    formats = models.JSONField(default=dict)
    # The line up to which it is dealt with, and whether that is all of it.
    done_to = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_taken(self) -> bool:
        """Whether its rows are brought in."""
        return self.kind in TAKEN and not self.problem
