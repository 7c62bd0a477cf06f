"""Rows out of a CSV, without losing the good ones to a bad one.

Python's csv reader swallows the rest of a file behind a quote that never closes. Here
such a row is set aside with its line, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipeline.imports.raw import COLUMN_LIMIT, Row
from pipeline.imports.sniffing import NotATable
from rhythm.web.words import _

CELL_LIMIT = 131_072
# A line so long is no row; a row over so many lines is a quote that never closes.
LINE_LIMIT = 4 * 1024 * 1024
SPAN_LIMIT = 500

csv.field_size_limit(CELL_LIMIT)


class _Unclosed(Exception):
    """A row goes on over more lines than any row does."""


class _Lines:
    """Feeds physical lines to the csv reader, and keeps those of the current row."""

    def __init__(self, text: io.TextIOBase | io.TextIOWrapper) -> None:
        self.text = text
        self.again: list[str] = []
        self.current: list[str] = []
        # The line that the current row starts in.
        self.start = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.current) >= SPAN_LIMIT:
            raise _Unclosed
        line = self.again.pop() if self.again else self._read()
        self.current.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self.text.readline(LINE_LIMIT)
        except UnicodeDecodeError as error:
            raise NotATable(
                _(
                    "The text is not %(encoding)s: byte %(byte)s does not fit. "
                    "Choose another encoding."
                )
                % {
                    "encoding": error.encoding,
                    "byte": f"{error.object[error.start]:#x}",
                }
            ) from None
        if not line:
            raise StopIteration
        if len(line) >= LINE_LIMIT:
            raise NotATable(_("The file has a line of more than 4 million characters."))
        return line

    def done(self) -> None:
        """Forget the current row's lines: they were a row."""
        self.start += len(self.current)
        self.current.clear()

    def give_back_all_but_first(self) -> str:
        """Return the row's first line; the others will be read as rows of their own."""
        first, *rest = self.current
        self.again.extend(reversed(rest))
        self.start += 1
        self.current.clear()
        return first


def csv_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """Yield every row, also the header and empty ones."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    while True:
        line = lines.start
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Unclosed) as error:
            yield _set_aside(lines, line, delimiter, error)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if len(lines.current) > 1 and width and len(cells) != width:
            # Several lines that do not make a row: a quote closed where it should not.
            yield _set_aside(lines, line, delimiter, None)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        lines.done()
        width = width or len(cells)
        yield Row(line, cells)


def _set_aside(
    lines: _Lines, line: int, delimiter: str, error: Exception | None
) -> Row:
    """Return the row's first line as a broken row; its other lines are read again."""
    alone = len(lines.current) == 1
    first = lines.give_back_all_but_first()
    why = _("a quote opens in this row and never closes")
    if alone and error is not None and "limit" in str(error):
        why = _("a cell is longer than %(limit)s characters")
        why %= {"limit": f"{CELL_LIMIT:,}"}
    elif alone and error is not None and "end of data" not in str(error):
        why = _("the quotes in this row do not match")
    cells = [cell[:500].strip('"') for cell in first[:50_000].split(delimiter)]
    cells = [cell.replace("\0", "").rstrip("\r\n") for cell in cells[:COLUMN_LIMIT]]
    return Row(line, cells, why)
