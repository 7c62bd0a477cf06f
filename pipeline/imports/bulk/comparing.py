"""Field by field: what the file says, what is here, and what the file said last time.

A field that differs is told apart by what the last import of it said:
- the file says what it said then: somebody edited it here, and that stays ("kept");
- the record is as the last import left it: the file changed it;
- the CRM keeps the field: what the file says comes in, whatever happened here;
- neither: both changed it. That is a conflict, settled as a person chose: "ours" stays,
  or "theirs" comes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Of an entry of `changes`: why the field stays or comes in. None: the file changed it.
KEPT, OURS, THEIRS = "kept", "ours", "theirs"


@dataclass(frozen=True)
class Compared:
    """A field that a file may change: SQL over `staged`, the record (`old`), `last`."""

    field: str
    # Null when the file says nothing about it.
    new: str
    old: str
    new_text: str = ""
    old_text: str = ""
    # What is remembered for the next import. `new`, unless something stands in for it.
    said: str = ""
    # The table that has the names of the ids that are said.
    named_in: str = ""
    # Whether the record is as the last import left it.
    unedited: str = ""
    # Columns of `staged` and what they become where the record's own value stays.
    keep: Mapping[str, str] | None = None
    # The field that it comes in or stays with, where that one differs too.
    follows: Compared | None = None
    # Whether the file alone decides it: an id, or what goes with another field.
    is_files: bool = False

    @property
    def last(self) -> str:
        return f"(last.values -> '{self.field}')"

    @property
    def differs(self) -> str:
        return f"({self.new} IS NOT NULL AND {self.new} IS DISTINCT FROM {self.old})"

    @property
    def how(self) -> str:
        """Return the SQL of why it stays or comes in; '' when the file changed it."""
        if self.is_files:
            return "''"
        unedited = self.unedited or (
            f"({self.last} = to_jsonb({self.old})"
            f" OR ({self.last} IS NULL AND coalesce({self.old}::text, '') = ''))"
        )
        return (
            f"CASE WHEN %(owned)s::jsonb ? '{self.field}' THEN ''"
            f" WHEN {self.last} = to_jsonb({self.said or self.new})"
            f" THEN '{KEPT}' WHEN {unedited} THEN ''"
            " ELSE coalesce(%(chosen)s::jsonb -> staged.target_id::text"
            f" ->> '{self.field}', %(choice)s) END"
        )

    @property
    def entry(self) -> str:
        """Return the SQL of its difference as JSON, null without one."""
        said = (
            f"'field', '{self.field}', 'old', {self.old_text or self.old},"
            f" 'new', {self.new_text or self.new}"
        )
        last_text = self.last
        if self.named_in:
            last_text = (
                f"(SELECT name FROM {self.named_in}"  # noqa: S608 - our own names
                f" WHERE id = {self.last}::bigint)"
            )
        own = (
            "(SELECT CASE judged.how"  # noqa: S608 - our own names
            f" WHEN '' THEN jsonb_build_object({said})"
            f" WHEN '{KEPT}' THEN jsonb_build_object({said}, 'how', judged.how)"
            f" ELSE jsonb_build_object({said}, 'how', judged.how, 'last', {last_text})"
            f" END FROM (SELECT {self.how} AS how) judged)"
        )
        leader = self.follows
        if leader is None:
            return f"CASE WHEN {self.differs} THEN {own} END"
        return (
            f"CASE WHEN NOT {self.differs} THEN NULL"
            f" WHEN NOT {leader.differs} THEN {own}"
            f" WHEN {leader.how} IN ('', '{THEIRS}') THEN jsonb_build_object({said})"
            " END"
        )


@dataclass(frozen=True)
class Comparison:
    """The statements that judge the rows of a kind against their records."""

    # Fills `changes` of the rows that have a record.
    compare: str
    # Takes out of the rows what stays as it is here. Only before a run changes records.
    keep: str
    # Keeps what the file said, for the next import.
    remember: str


# Only what differs, and what was never said before, is written: the same file again
# costs no write at all.
COMPARE = """
    UPDATE staged SET changes = judged.changes, said = judged.said
    FROM (
        SELECT staged.ctid, {changes} AS changes,
            CASE WHEN last.values @> {said} THEN NULL ELSE {said} END AS said
        FROM staged
        JOIN {table} old ON old.id = staged.target_id
        LEFT JOIN imports_lastsaid last ON last.source = %(source)s
            AND last.kind = '{kind}' AND last.target_id = old.id
        WHERE staged.target_id IS NOT NULL
        OFFSET 0
    ) judged
    WHERE judged.ctid = staged.ctid
        AND (judged.changes <> '[]' OR judged.said IS NOT NULL)
"""
KEEP = """
    UPDATE staged SET {kept}
    FROM {table} old
    WHERE old.id = staged.target_id AND staged.changes @? '$[*].how'
"""
REMEMBER = """
    INSERT INTO imports_lastsaid AS last (source, kind, target_id, values)
    SELECT %(source)s, '{kind}', target_id,
        CASE WHEN action = 'create' THEN {said} ELSE said END
    FROM staged
    WHERE action = 'create' OR action IN ('change', 'same') AND said IS NOT NULL
    ON CONFLICT (source, kind, target_id)
        DO UPDATE SET values = last.values || excluded.values
"""
STAYS = "staged.changes @? '$[*] ? (@.field == \"{field}\" && {why})'"
WHY = f'(@.how == "{KEPT}" || @.how == "{OURS}")'


def comparison(table: str, kind: str, fields: Iterable[Compared]) -> Comparison:
    """Return the statements for the records of `table`, whose rows are of `kind`."""
    listed = list(fields)
    # Our own names and expressions only; values are always parameters.
    entries = ", ".join(each.entry for each in listed)
    pairs = ", ".join(
        f"'{each.field}', {each.said or each.new}"
        for each in listed
        if not each.is_files
    )
    kept: dict[str, list[tuple[str, str]]] = {}
    for each in listed:
        for column, value in (each.keep or {}).items():
            kept.setdefault(column, []).append((each.field, value))
    words = {
        "changes": f"to_jsonb(array_remove(ARRAY[{entries}], NULL))",
        "said": f"jsonb_strip_nulls(jsonb_build_object({pairs}))",
        "kept": ", ".join(_kept(column, whys) for column, whys in kept.items()),
        "table": table,
        "kind": kind,
    }
    return Comparison(*(_filled(each, words) for each in (COMPARE, KEEP, REMEMBER)))


def _kept(column: str, whys: list[tuple[str, str]]) -> str:
    cases = " ".join(
        "WHEN " + STAYS.replace("{field}", field).replace("{why}", WHY) + f" THEN {to}"
        for field, to in whys
    )
    return f"{column} = CASE {cases} ELSE staged.{column} END"


def _filled(statement: str, words: dict[str, str]) -> str:
    for name, text in words.items():
        statement = statement.replace(f"{{{name}}}", text)
    return statement


def same(field: str) -> Compared:
    """Return a field that has one name in the file, the table and on the page."""
    return Compared(field, f"staged.{field}", f"old.{field}", keep={field: "NULL"})


def named(
    field: str, table: str, new_text: str, keep: Mapping[str, str] | None = None
) -> Compared:
    """Return a field that points at a record with a name."""
    return Compared(
        field,
        f"staged.{field}_id",
        f"old.{field}_id",
        new_text,
        f"(SELECT name FROM {table} WHERE id = old.{field}_id)",  # noqa: S608
        named_in=table,
        keep=keep or {f"{field}_id": "NULL"},
    )
