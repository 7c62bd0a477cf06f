"""The words of an import: its states, the kinds of its files, what becomes of rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    UNDO_QUEUED = "undo_queued", _("Waiting to be undone")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


# Results that stand for no row of a file, such as an owner who is only named, are
# numbered from here.
NO_LINE = 1_000_000_000

# What a worker makes of a state when it takes the import up.
TAKEN_UP = {
    ImportState.READ_QUEUED: ImportState.READING,
    ImportState.CHECK_QUEUED: ImportState.CHECKING,
    ImportState.RUN_QUEUED: ImportState.RUNNING,
    ImportState.UNDO_QUEUED: ImportState.UNDOING,
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
    HISTORY = "history", _("History of stages")
    IGNORE = "ignore", _("Leave out")
    LATER = "later", _("Leads: not taken yet")


TAKEN = (
    FileKind.PEOPLE,
    FileKind.PRODUCTS,
    FileKind.ACCOUNTS,
    FileKind.CONTACTS,
    FileKind.OPPORTUNITIES,
    FileKind.ACTIVITIES,
    FileKind.HISTORY,
)
# Kinds whose rows name stages.
STAGED = (FileKind.OPPORTUNITIES, FileKind.HISTORY)


class RowAction(models.TextChoices):
    CREATE = "create", _("Created")
    CHANGE = "change", _("Changed")
    SAME = "same", _("Unchanged")
    SKIP = "skip", _("Skipped")
    REFUSE = "refuse", _("Refused")
    # Of a check: the file and somebody here changed the same field.
    CONFLICT = "conflict", _("Conflict")
    # Of no row: a deal that an earlier export had and this full one has not.
    GONE = "gone", _("Gone")
    UNDONE = "undone", _("Undone")
