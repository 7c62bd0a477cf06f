"""Files from elsewhere: uploaded, mapped, tried dry, then brought in."""

from pipeline.imports.models.deliveries import SeenFile, UploadLink
from pipeline.imports.models.rows import ImportRow, LastSaid
from pipeline.imports.models.runs import ImportFile, ImportRun
from pipeline.imports.models.states import (
    MAXIMUM_ATTEMPTS,
    NO_LINE,
    STAGED,
    TAKEN,
    TAKEN_UP,
    WAITING,
    WORKING,
    FileKind,
    ImportState,
    RowAction,
)

__all__ = [
    "MAXIMUM_ATTEMPTS",
    "NO_LINE",
    "STAGED",
    "TAKEN",
    "TAKEN_UP",
    "WAITING",
    "WORKING",
    "FileKind",
    "ImportFile",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "LastSaid",
    "RowAction",
    "SeenFile",
    "UploadLink",
]
