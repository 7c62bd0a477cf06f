"""What the server writes about its own faults: where, not whose data it was."""

from __future__ import annotations

import logging
import re
from types import TracebackType
from typing import override

from rhythm.web.errors import is_database_gone

type ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)

# A part of an address so long is no name of ours: it is the token of a link.
TOKEN = re.compile(r"(?<=/)[^/\s?]{20,}")
# Where the database quotes the row that it refuses, up to the next exception.
DETAIL = re.compile(
    r"^DETAIL:.*?(?=\n\n(?:The above|During handling)|\Z)", re.DOTALL | re.MULTILINE
)
# How often it is worth saying that the database is gone.
GONE_SECONDS = 1


class FaultFormatter(logging.Formatter):
    """Leaves out what is nobody's business: tokens of links, values of rows."""

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        return TOKEN.sub("…", super().formatMessage(record))

    @override
    def formatException(self, ei: ExceptionInfo) -> str:
        return DETAIL.sub("DETAIL: left out", super().formatException(ei))


class CalmFilter(logging.Filter):
    """Says in one line, once a second at most, that the database is gone."""

    last_said = 0.0

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if not (record.exc_info and is_database_gone(record.exc_info[1])):
            return True
        if 0 <= record.created - self.last_said < GONE_SECONDS:
            return False
        self.last_said = record.created
        record.exc_info = None
        record.msg, record.args = "The database cannot be reached.", None
        return True
