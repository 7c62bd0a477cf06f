"""Files from elsewhere: uploaded, mapped, tried dry, then brought in."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import User
from rhythm.web.versions import Versioned

# After so many claims without any progress an import has failed.
MAXIMUM_ATTEMPTS = 5


class ImportState(models.TextChoices):
    # Large files are read by a worker before anybody can say what they are.
    READ_QUEUED = "read_queued", _("Waiting to be read")
    READING = "reading", _("Reading")
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


# Results that stand for no row of a file, such as an owner who is only named, are
# numbered from here.
NO_LINE = 1_000_000_000

# What a worker makes of a state when it takes the import up.
TAKEN_UP = {
    ImportState.READ_QUEUED: ImportState.READING,
    ImportState.CHECK_QUEUED: ImportState.CHECKING,
    ImportState.RUN_QUEUED: ImportState.RUNNING,
}
WAITING = tuple(TAKEN_UP)
WORKING = tuple(TAKEN_UP.values())


class FileKind(models.TextChoices):
    """What the rows of a file are, in the order in which they are brought in."""

    PEOPLE = "people", _("People and teams")
    PRODUCTS = "products", _("Products")
    ACCOUNTS = "accounts", _("Accounts")
    CONTACTS = "contacts", _("Contacts")
    OPPORTUNITIES = "opportunities", _("Deals")
    ACTIVITIES = "activities", _("Activities")
    IGNORE = "ignore", _("Leave out")
    # Leads, and the history of deals.
    LATER = "later", _("Leads or history: not taken yet")


TAKEN = (
    FileKind.PEOPLE,
    FileKind.PRODUCTS,
    FileKind.ACCOUNTS,
    FileKind.CONTACTS,
    FileKind.OPPORTUNITIES,
    FileKind.ACTIVITIES,
)


class RowAction(models.TextChoices):
    CREATE = "create", _("Created")
    CHANGE = "change", _("Changed")
    SAME = "same", _("Unchanged")
    SKIP = "skip", _("Skipped")
    REFUSE = "refuse", _("Refused")
    # Of a check: the file and somebody here changed the same field.
    CONFLICT = "conflict", _("Conflict")


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
                condition=Q(state="running"),
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
        return self.state in (ImportState.DONE, ImportState.CANCELLED)


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


class ImportRow(models.Model):
    """What happens, or happened, with one row of a file. Written in bulk."""

    pk = models.CompositePrimaryKey("file_id", "kind", "line")
    file = models.ForeignKey(
        ImportFile,
        models.CASCADE,
        related_name="results",
        db_index=False,
        db_constraint=False,
    )
    # The file's own kind; or that of a record which its rows name and no file has.
    kind = models.CharField(max_length=13, choices=FileKind)
    line = models.PositiveIntegerField()
    action = models.CharField(max_length=8, choices=RowAction)
    # Names the record that the row is about.
    label = models.CharField(max_length=255, blank=True)
    # The record's id in the source, and its name in lower case, for other rows to
    # find it by. Empty for refused rows.
    key = models.CharField(max_length=255, blank=True)
    name_key = models.CharField(max_length=200, blank=True)
    # The record; or in a check, the id set aside for it. Null when there is none.
    target_id = models.BigIntegerField(null=True)
    # What another row of the same file must say first: an account's parent.
    link = models.CharField(max_length=255, blank=True)
    # What the row says, in short; of rows that are created.
    detail = models.CharField(max_length=300, blank=True)
    # Why it is refused or skipped, or what a person should know: texts.
    reasons = models.JSONField(default=list)
    # `{"field", "old", "new"}` each, of what changes. With "how" (see
    # bulk/comparing.py) of what stays, or is in conflict, and then "last".
    changes = models.JSONField(default=list)
    # The cells as they came, of refused rows only.
    cells = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "kind", "key"],
                name="import_key_once_per_file",
                condition=~Q(key=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["file", "kind", "action", "line"], name="import_rows_by_action"
            ),
            models.Index(
                fields=["file", "kind", "name_key"],
                name="import_rows_by_name",
                condition=~Q(name_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}, row {self.line}"


class LastSaid(models.Model):
    """What the files of a source said of a record last. Written in bulk.

    It tells an edit here from a change there: see bulk/comparing.py.
    """

    pk = models.CompositePrimaryKey("source", "kind", "target_id")
    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=13, choices=FileKind)
    target_id = models.BigIntegerField()
    # Field to value; ids for what has a name here.
    values = models.JSONField()

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id} of {self.source}"
