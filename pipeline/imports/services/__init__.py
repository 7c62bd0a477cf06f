"""Changes to an import by people: upload, answers, check, run, undo, cancel."""

from pipeline.imports.services.running import (
    cancel,
    needs_worker,
    start_check,
    start_run,
    start_undo,
)
from pipeline.imports.services.setup import (
    OPEN_STATES,
    answer,
    choose_files,
    map_columns,
)
from pipeline.imports.services.uploads import LARGEST_FILE, MOST_FILES, upload

__all__ = [
    "LARGEST_FILE",
    "MOST_FILES",
    "OPEN_STATES",
    "answer",
    "cancel",
    "choose_files",
    "map_columns",
    "needs_worker",
    "start_check",
    "start_run",
    "start_undo",
    "upload",
]
