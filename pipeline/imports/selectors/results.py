"""What became, or would become, of each row of an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
