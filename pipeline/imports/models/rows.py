"""What becomes of each row, and what the files said last of each record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pipeline.imports.models.runs import ImportFile
from pipeline.imports.models.states import FileKind, RowAction


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
    # What another row of the same file must say first: an account's parent. Of a
    # refused row, the record's id in the source.
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
    # False once a full export did not have it, until one has it again.
    is_there = models.BooleanField(default=True, db_default=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id} of {self.source}"
