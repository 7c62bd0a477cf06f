"""What is still to be said before an import can be checked. Empty: it can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports.answers import OWNED, values_of
from pipeline.imports.fields import DATE, KEYED, NUMBER, form_of, label_of
from pipeline.imports.guessing import lacking
from pipeline.imports.models import STAGED, ImportFile, ImportRun

FILES, COLUMNS, MATCHING = "files", "columns", "matching"
STEPS: dict[str, str | Promise] = {
    FILES: gettext_lazy("Files"),
    COLUMNS: gettext_lazy("Columns"),
    MATCHING: gettext_lazy("Matching"),
}


@dataclass(frozen=True)
class Question:
    """One thing to say. option is what to add to `manage.py import_crm`."""

    step: str
    text: str
    option: str
    # The file that it is about; None when it is about all.
    file: int | None = None
    column: str = ""


def open_questions(run: ImportRun) -> list[Question]:
    """Return what is still to be said, in the order of the steps."""
    files = list(run.files.all())
    taken = [file for file in files if file.is_taken]
    found = list(_about_files(taken))
    for file in taken:
        found += [*_about_formats(file), *_about_columns(file)]
    found += _about_matching(run, taken)
    steps = list(STEPS)
    return sorted(found, key=lambda each: steps.index(each.step))


def _about_files(taken: list[ImportFile]) -> Iterator[Question]:
    if not taken:
        yield Question(
            FILES,
            _("None of the files is brought in. Say what one of them is."),
            "--kind FILE=opportunities",
        )


def _about_formats(file: ImportFile) -> Iterator[Question]:
    """Ask for the formats of mapped columns that could be read in two ways."""
    columns = {column["name"]: column for column in file.columns}
    for field, name in file.mapping.items():
        column, form = columns[name], form_of(file.kind, field)
        if name in file.formats or not column["filled"]:
            continue
        if form == DATE and column["dates"]:
            text = _("%(file)s: is %(column)s day first or month first?")
            option = f'--date-format "{name}=dmy" or "{name}=mdy"'
        elif form == NUMBER and column["numbers"]:
            text = _("%(file)s: does %(column)s use a decimal point or a comma?")
            option = f'--number-format "{name}=point" or "{name}=comma"'
        else:
            continue
        values = {"file": file.name, "column": name}
        yield Question(FILES, text % values, option, file.pk, name)


def _about_columns(file: ImportFile) -> Iterator[Question]:
    for group in lacking(file.kind, file.mapping):
        names = _(" or ").join(str(label_of(file.kind, field)) for field in group)
        yield Question(
            COLUMNS,
            _("%(file)s: which column is “%(field)s”?")
            % {"file": file.name, "field": names},
            f'--map "COLUMN={group[0]}"',
            file.pk,
        )
    if file.kind in KEYED and "external_id" not in file.mapping and not file.keys:
        yield Question(
            COLUMNS,
            _(
                "%(file)s has no id. Which columns together name a row, so that the "
                "next import finds it again?"
            )
            % {"file": file.name},
            '--key "COLUMN,COLUMN"',
            file.pk,
        )
    yield from _about_kinds_of_columns(file)


def _about_kinds_of_columns(file: ImportFile) -> Iterator[Question]:
    """Refuse columns that cannot be what they are mapped to."""
    columns = {column["name"]: column for column in file.columns}
    for field, name in file.mapping.items():
        column, form = columns[name], form_of(file.kind, field)
        values = {"file": file.name, "column": name}
        if form == DATE and column["filled"] and not column["dates"]:
            text = _("%(file)s: %(column)s holds no dates. Choose another column.")
        elif form == NUMBER and column["filled"] and not column["numbers"]:
            text = _("%(file)s: %(column)s holds no numbers. Choose another column.")
        elif field in ("stage", "owner", "product") and column["values"] is None:
            text = _(
                "%(file)s: %(column)s has more than 1,000 different values. "
                "Is it the right column?"
            )
        else:
            continue
        yield Question(COLUMNS, text % values, f'--map "COLUMN={field}"', file.pk, name)


def _about_matching(run: ImportRun, taken: list[ImportFile]) -> Iterator[Question]:
    answers = run.answers
    for name, stage in answers.get("stages", {}).items():
        if stage is None:
            yield Question(
                MATCHING,
                _("Which stage is “%(name)s”?") % {"name": name},
                f'--stage "{name}=STAGE"',
            )
    if not answers.get("owner") and lacks_owner(taken):
        yield Question(
            MATCHING,
            _("Some rows have no owner. Whose are they?"),
            "--owner E-MAIL",
        )
    if answers.get("process") == "new" and answers.get("stages"):
        kinds = set(answers["stages"].values())
        if "open" not in kinds:
            yield Question(
                MATCHING,
                _("A new process needs an open stage. Say which stages are open."),
                "--process NAME",
            )
        if not answers.get("process_name"):
            yield Question(
                MATCHING,
                _("What is the new process called?"),
                '--new-process "NAME"',
            )


def lacks_owner(taken: list[ImportFile]) -> bool:
    """Return whether there are rows of deals or activities without an owner."""
    for file in taken:
        if file.kind not in OWNED or not file.rows:
            continue
        filled = sum((values_of([file], "owner") or {}).values())
        if filled < file.rows - file.broken_rows:
            return True
    return False


def has_deals(taken: list[ImportFile]) -> bool:
    return any(file.kind in STAGED for file in taken)
