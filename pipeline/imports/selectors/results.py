"""What became, or would become, of each row of an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports.bulk.comparing import OURS, THEIRS
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
from pipeline.imports.selectors.values import value_text

PAGE_ROWS = 50
# Of a check: what would happen. Of a run: what did.
WILL = {
    RowAction.CREATE: gettext_lazy("to be created"),
    RowAction.CHANGE: gettext_lazy("to be changed"),
    RowAction.SAME: gettext_lazy("unchanged"),
    RowAction.SKIP: gettext_lazy("skipped"),
    RowAction.REFUSE: gettext_lazy("refused"),
    RowAction.CONFLICT: gettext_lazy("in conflict"),
    RowAction.GONE: gettext_lazy("gone from the export"),
    RowAction.UNDONE: gettext_lazy("undone"),
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
    RowAction.CONFLICT: ("warn", "arrow-left-right"),
    RowAction.GONE: ("warn", "cloud-slash"),
    RowAction.UNDONE: ("", "arrow-counterclockwise"),
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
    conflicts: int


@dataclass(frozen=True)
class Change:
    """A field that differs. how: "" comes in, "kept", "ours" or "theirs"."""

    field: str
    old: str
    new: str
    how: str = ""
    # Of a conflict: what the file said last time, and the field's name in the form.
    last: str = ""
    name: str = ""


@dataclass(frozen=True)
class RowLine:
    """One row of the results."""

    line: str
    label: str
    action: str
    action_label: str
    tone: str
    icon: str
    # The record that it is about.
    target: int | None
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
    # Behind which line this page begins, and the next one.
    start: int = 0
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
    conflicts: int
    gone: int
    is_run: bool
    # What becomes of the conflicts that nobody settled one by one.
    choice: str

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
        conflicts=sums[RowAction.CONFLICT],
        gone=sums[RowAction.GONE],
        is_run=is_run,
        choice=run.answers.get("conflicts", {}).get("all", OURS),
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
        total=f"{sum(actions.values()) - actions.get(RowAction.GONE, 0):,}",
        refused=actions.get(RowAction.REFUSE, 0),
        conflicts=actions.get(RowAction.CONFLICT, 0),
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
        group, action = _first_look(found.groups)
    if group is None:
        return RowPage(None, "", [])
    rows = ImportRow.objects.filter(file__run=run, file=group.file, kind=group.kind)
    if action:
        rows = rows.filter(action=action)
    page = list(rows.filter(line__gt=after).order_by("line")[: PAGE_ROWS + 1])
    more = page[PAGE_ROWS - 1].line if len(page) > PAGE_ROWS else None
    words = DID if found.is_run else WILL
    conflicts = {} if found.is_run else run.answers.get("conflicts", {})
    lines = [_row_line(row, words, conflicts) for row in page[:PAGE_ROWS]]
    return RowPage(group, action, lines, after, more)


def _first_look(groups: list[Group]) -> tuple[Group | None, str]:
    """Return the rows to look at first: conflicts, refusals, then what changes."""
    for action in (RowAction.CONFLICT, RowAction.REFUSE, RowAction.CHANGE):
        for group in groups:
            if any(each.action == action for each in group.counts):
                return group, action
    return (groups[-1] if groups else None), ""


def _row_line(
    row: ImportRow, words: dict[Any, Any], conflicts: dict[str, Any]
) -> RowLine:
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
        target=row.target_id,
        changes=[_change(row, each, conflicts) for each in row.changes],
    )


def _change(row: ImportRow, entry: dict[str, Any], conflicts: dict[str, Any]) -> Change:
    how = entry.get("how", "")
    if how in (OURS, THEIRS) and conflicts:
        chosen = conflicts.get(row.kind, {}).get(str(row.target_id), {})
        how = chosen.get(entry["field"]) or conflicts.get("all") or how
    return Change(
        _label(row.kind, entry["field"]),
        value_text(entry["field"], entry["old"]),
        value_text(entry["field"], entry["new"]),
        how,
        last=value_text(entry["field"], entry.get("last")),
        name=entry["field"],
    )


def _label(kind: str, name: str) -> str:
    return str(MORE_LABELS.get(name) or label_of(kind, name))
