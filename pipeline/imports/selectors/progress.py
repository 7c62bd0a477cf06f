"""How far an import is, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports.models import ImportRun, ImportState


@dataclass(frozen=True)
class Progress:
    title: str
    rows: str
    share: int
    detail: str = ""


# What the page of an import says at its top.
HEADINGS = {
    ImportState.DRAFT: (
        gettext_lazy("Ready to be checked"),
        gettext_lazy("Every row is gone through, and nothing is changed."),
    ),
    ImportState.CHECKED: (
        gettext_lazy("What would happen"),
        gettext_lazy(
            "Nothing has changed yet. Look through the rows, then bring them in."
        ),
    ),
    ImportState.DONE: (
        gettext_lazy("Brought in"),
        gettext_lazy("This is what became of each row."),
    ),
    ImportState.UNDONE: (
        gettext_lazy("Undone"),
        gettext_lazy(
            "What nobody had touched is as it was before. The rest is listed with the "
            "reason why it stays."
        ),
    ),
    ImportState.FAILED: (
        gettext_lazy("The import stopped"),
        gettext_lazy(
            "What is in stays in. After a new check it goes on, and doubles nothing."
        ),
    ),
    ImportState.CANCELLED: (
        gettext_lazy("Cancelled"),
        gettext_lazy(
            "What was in by then stays in. The same files again bring the rest."
        ),
    ),
}


def heading(run: ImportRun) -> tuple[str, str]:
    """Return the title of the page of an import, and the line below it."""
    state = ImportState(run.state)
    if state in HEADINGS:
        title, text = HEADINGS[state]
        return str(title), str(text)
    away = _("You can leave this page: the work goes on, and here is how far it is.")
    return progress(run).title, away


def progress(run: ImportRun) -> Progress:
    """Return how far a worker is."""
    titles = {
        ImportState.READ_QUEUED: _("Waiting to read the files"),
        ImportState.READING: _("Reading the files"),
        ImportState.CHECK_QUEUED: _("Waiting to check the rows"),
        ImportState.CHECKING: _("Checking every row"),
        ImportState.RUN_QUEUED: _("Waiting to bring the rows in"),
        ImportState.RUNNING: _("Bringing the rows in"),
        ImportState.UNDO_QUEUED: _("Waiting to be undone"),
        ImportState.UNDOING: _("Taking back what came in"),
    }
    state = ImportState(run.state)
    total = run.rows_total
    share = min(100 * run.rows_done // total, 100) if total else 0
    rows = (
        _("%(done)s of %(total)s rows")
        % {
            "done": f"{run.rows_done:,}",
            "total": f"{total:,}",
        }
        if total
        else ""
    )
    detail = ""
    if run.attempts > 1 and run.error:
        detail = _("Trying again: %(error)s") % {"error": run.error}
    return Progress(titles.get(state, str(state.label)), rows, share, detail)
