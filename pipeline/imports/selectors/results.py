"""How far an import is, and what became or would become of each row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports.fields import label_of
from pipeline.imports.models import (
    NO_LINE,
    FileKind,
    ImportFile,
    ImportRow,
    ImportRun,
    ImportState,
    RowAction,
)
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.exports import defused

PAGE_ROWS = 50
# Of a check: what would happen. Of a run: what did.
WILL = {
    RowAction.CREATE: gettext_lazy("to be created"),
    RowAction.CHANGE: gettext_lazy("to be changed"),
    RowAction.SAME: gettext_lazy("unchanged"),
    RowAction.SKIP: gettext_lazy("skipped"),
    RowAction.REFUSE: gettext_lazy("refused"),
}
DID = {
    **WILL,
    RowAction.CREATE: gettext_lazy("created"),
    RowAction.CHANGE: gettext_lazy("changed"),
}
TONES = {
    RowAction.CREATE: ("ok", "plus-circle"),
    RowAction.CHANGE: ("info", "pencil"),
    RowAction.SAME: ("", "check2"),
    RowAction.SKIP: ("warn", "skip-forward"),
    RowAction.REFUSE: ("bad", "x-circle"),
}
# Fields that only exist in the comparison.
MORE_LABELS = {
    "account": gettext_lazy("Account"),
    "amount_source": gettext_lazy("Where the amount comes from"),
    "closed_on": gettext_lazy("Closed on"),
    "parent": gettext_lazy("Belongs to"),
    "team": gettext_lazy("Team"),
    "series": gettext_lazy("Series"),
    "outcome": gettext_lazy("Outcome"),
}
STATE_TONES = {
    ImportState.DONE: ("ok", "check-circle-fill"),
    ImportState.FAILED: ("bad", "x-circle-fill"),
    ImportState.CANCELLED: ("", "slash-circle"),
    ImportState.CHECKED: ("info", "clipboard-check"),
    ImportState.DRAFT: ("", "pencil"),
}


@dataclass(frozen=True)
class ActionCount:
    action: str
    label: str
    rows: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Group:
    """The rows of one kind that one file brings."""

    file: int
    kind: str
    title: str
    name: str
    # Whether the rows are the file's own, and not records that its rows only name.
    is_own: bool
    counts: list[ActionCount]
    total: str
    refused: int


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class RowLine:
    """One row of the results."""

    line: str
    label: str
    action: str
    action_label: str
    tone: str
    icon: str
    # What the row says, for those that are created.
    detail: str
    reasons: list[str]
    changes: list[Change]


@dataclass(frozen=True)
class RowPage:
    """Some rows of a group, and where the next ones begin."""

    group: Group | None
    action: str
    rows: list[RowLine]
    after: int | None = None


@dataclass(frozen=True)
class Progress:
    title: str
    rows: str
    share: int
    detail: str = ""


@dataclass(frozen=True)
class Results:
    """What the page of an import shows once it is checked or run."""

    groups: list[Group]
    created: int
    changed: int
    same: int
    skipped: int
    refused: int
    is_run: bool

    @property
    def to_do(self) -> int:
        return self.created + self.changed

    @property
    def to_do_shown(self) -> str:
        return f"{self.to_do:,}"


def results(run: ImportRun) -> Results:
    """Return the counts by file and kind. Costs one query."""
    files = {str(file.pk): file for file in run.files.all()}
    is_run = run.state not in (ImportState.CHECKED, ImportState.CHECKING)
    groups = [
        _group(files[pk], kind, actions, is_run=is_run)
        for pk, kinds in run.counts.items()
        if pk in files
        for kind, actions in kinds.items()
    ]
    order = list(FileKind)
    groups.sort(key=lambda each: (order.index(FileKind(each.kind)), not each.is_own))
    sums = dict.fromkeys(RowAction, 0)
    for kinds in run.counts.values():
        for actions in kinds.values():
            for action, number in actions.items():
                sums[RowAction(action)] += number
    return Results(
        groups,
        created=sums[RowAction.CREATE],
        changed=sums[RowAction.CHANGE],
        same=sums[RowAction.SAME],
        skipped=sums[RowAction.SKIP],
        refused=sums[RowAction.REFUSE],
        is_run=is_run,
    )


def _group(
    file: ImportFile, kind: str, actions: dict[str, int], *, is_run: bool
) -> Group:
    words = DID if is_run else WILL
    is_own = file.kind == kind
    label = str(FileKind(kind).label)
    return Group(
        file=file.pk,
        kind=kind,
        title=label if is_own else _("%(kind)s only named") % {"kind": label},
        name=file.name,
        is_own=is_own,
        counts=[
            ActionCount(
                action.value,
                str(words[action]),
                f"{actions[action]:,}",
                *TONES[action],
            )
            for action in RowAction
            if actions.get(action)
        ],
        total=f"{sum(actions.values()):,}",
        refused=actions.get(RowAction.REFUSE, 0),
    )


def row_page(
    run: ImportRun,
    found: Results,
    *,
    file: int | None,
    kind: str,
    action: str,
    after: int,
) -> RowPage:
    """Return a page of rows. Without a choice: what a person should look at first.

    Costs one query.
    """
    group = next(
        (each for each in found.groups if each.file == file and each.kind == kind),
        None,
    )
    if group is None:
        troubled = (each for each in found.groups if each.refused)
        group = next(troubled, None) or (found.groups[-1] if found.groups else None)
        action = RowAction.REFUSE if group and group.refused else ""
    if group is None:
        return RowPage(None, "", [])
    rows = ImportRow.objects.filter(file__run=run, file=group.file, kind=group.kind)
    if action:
        rows = rows.filter(action=action)
    page = list(rows.filter(line__gt=after).order_by("line")[: PAGE_ROWS + 1])
    more = page[PAGE_ROWS - 1].line if len(page) > PAGE_ROWS else None
    words = DID if found.is_run else WILL
    lines = [_row_line(row, words) for row in page[:PAGE_ROWS]]
    return RowPage(group, action, lines, more)


def _row_line(row: ImportRow, words: dict[Any, Any]) -> RowLine:
    tone, icon = TONES[RowAction(row.action)]
    return RowLine(
        line="" if row.line >= NO_LINE else f"{row.line:,}",
        label=row.label or "–",
        action=row.action,
        action_label=str(words[RowAction(row.action)]),
        tone=tone,
        icon=icon,
        detail=row.detail,
        reasons=row.reasons,
        changes=[
            Change(
                _label(row.kind, each["field"]), _text(each["old"]), _text(each["new"])
            )
            for each in row.changes
        ],
    )


def _label(kind: str, name: str) -> str:
    return str(MORE_LABELS.get(name) or label_of(kind, name))


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


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


@dataclass(frozen=True)
class PastImport:
    """One line of the list of imports."""

    pk: int
    files: str
    source: str
    by: str
    on: str
    state: str
    tone: str
    icon: str
    summary: str


def past_imports(
    viewer: User, *, before: int | None, today: date, page_size: int = 25
) -> tuple[list[PastImport], int | None]:
    """Return imports, newest first, and the id before which older ones begin.

    Costs two queries.
    """
    runs = ImportRun.objects.visible_to(viewer).select_related("created_by")
    if before:
        runs = runs.filter(pk__lt=before)
    page = list(runs.prefetch_related("files")[: page_size + 1])
    more = page[page_size - 1].pk if len(page) > page_size else None
    zone = ZoneInfo(viewer.time_zone)
    return [_past(run, zone, today) for run in page[:page_size]], more


def _past(run: ImportRun, zone: ZoneInfo, today: date) -> PastImport:
    names = [file.name for file in run.files.all()]
    shown = ", ".join(names[:3])
    if len(names) > 3:
        shown = _("%(names)s and %(more)s more") % {
            "names": shown,
            "more": len(names) - 3,
        }
    tone, icon = STATE_TONES.get(ImportState(run.state), ("info", "hourglass-split"))
    return PastImport(
        pk=run.pk,
        files=shown,
        source=run.source,
        by=str(run.created_by),
        on=_day(run.created_at, zone, today),
        state=str(run.get_state_display()),
        tone=tone,
        icon=icon,
        summary=_sums(run),
    )


def _day(moment: datetime, zone: ZoneInfo, today: date) -> str:
    return formats.day(moment.astimezone(zone).date(), today)


def _sums(run: ImportRun) -> str:
    if run.state not in (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED):
        return ""
    found = results(run)
    parts = [
        (found.created, _("%(rows)s created")),
        (found.changed, _("%(rows)s changed")),
        (found.same, _("%(rows)s unchanged")),
        (found.skipped, _("%(rows)s skipped")),
        (found.refused, _("%(rows)s refused")),
    ]
    return " · ".join(text % {"rows": f"{rows:,}"} for rows, text in parts if rows)


@dataclass
class RefusedFile:
    """The refused rows of a file, as a file to put right and bring in again."""

    file: ImportFile
    columns: list[str] = field(default_factory=list)

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
