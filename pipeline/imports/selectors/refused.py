"""The rows that were refused, as a file to put right and bring in again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pipeline.imports.models import ImportFile, ImportRow, RowAction
from rhythm.web.exports import defused


@dataclass
class RefusedFile:
    """The refused rows of a file, as a file to put right and bring in again."""

    file: ImportFile

    def lines(self) -> Iterator[list[str]]:
        """Yield the header and each refused row, with the reason in the last column.

        No cell of it starts a formula. Streams: any number of rows.
        """
        names = [column["name"] for column in self.file.columns]
        yield [*map(defused, names), _("Row"), _("Reason")]
        rows = ImportRow.objects.filter(
            file=self.file, kind=self.file.kind, action=RowAction.REFUSE
        ).order_by("line")
        for row in rows.iterator(chunk_size=1000):
            cells = [str(cell) for cell in row.cells or []][: len(names)]
            cells += [""] * (len(names) - len(cells))
            why = "; ".join(str(reason) for reason in row.reasons)
            yield [*map(defused, cells), str(row.line), defused(why)]
