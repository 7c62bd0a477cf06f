"""Bring in a CRM export from the command line, by the same way as the pages."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pipeline.imports import services
from pipeline.imports.answers import NEW
from pipeline.imports.guessing import map_columns, plain
from pipeline.imports.models import ImportFile, ImportRow, ImportRun, ImportState
from pipeline.imports.presets import PRESETS
from pipeline.imports.questions import open_questions
from pipeline.imports.selectors.results import results
from pipeline.imports.stagenames import KINDS
from pipeline.imports.work import work
from pipeline.process.models import Process, Stage
from rhythm.people.models import User

SHOWN_REFUSED = 20


class Command(BaseCommand):
    help = (
        "Bring in the files of a CRM export: deals, accounts, contacts, products, "
        "people. What is unclear is asked; nothing is guessed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="by", metavar="E-MAIL", help="the admin")
        parser.add_argument(
            "--source", default="crm", help="a name for the system, always the same"
        )
        parser.add_argument(
            "--kind",
            action="append",
            default=[],
            metavar="FILE=KIND",
            help="people, products, accounts, contacts, opportunities, activities, "
            "ignore",
        )
        parser.add_argument("--preset", choices=PRESETS, help="names of the columns")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="[FILE:]COLUMN=FIELD",
            help="an empty FIELD leaves the column out",
        )
        parser.add_argument("--key", metavar="COLUMN,COLUMN", help="instead of an id")
        parser.add_argument(
            "--date-format", action="append", default=[], metavar="COLUMN=ymd|dmy|mdy"
        )
        parser.add_argument(
            "--number-format", action="append", default=[], metavar="COLUMN=point|comma"
        )
        parser.add_argument("--process", metavar="NAME", help="of one that is there")
        parser.add_argument("--new-process", metavar="NAME", help="made from the file")
        parser.add_argument(
            "--stage", action="append", default=[], metavar="NAME=STAGE"
        )
        parser.add_argument("--owner", metavar="E-MAIL", help="of rows without one")
        parser.add_argument(
            "--match-owner", action="append", default=[], metavar="NAME=E-MAIL"
        )
        parser.add_argument(
            "--product", action="append", default=[], metavar="NAME=PRODUCT"
        )
        parser.add_argument(
            "--list-price",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="stands in for the amount of open deals that have none",
        )
        parser.add_argument("--dry-run", action="store_true", help="only check")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._admin(options["by"])
        run = self._upload(options["files"], by, options["source"])
        try:
            self._answer(run, options)
            self._ask(run)
            services.start_check(run)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        run = self._work(run, "Checked")
        self._report(run, "would be " if options["dry_run"] else "")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
            return
        services.start_run(run)
        self._report(self._work(run, "Stored"), "")

    def _admin(self, email: str | None) -> User:
        admins = User.objects.active().filter(is_admin=True)
        if email:
            admins = admins.filter(email__iexact=email)
        found = list(admins[:2])
        if len(found) != 1:
            raise CommandError(
                f"{email} is no active admin."
                if email
                else "Say --as E-MAIL: an admin."
            )
        return found[0]

    def _upload(self, paths: list[Path], by: User, source: str) -> ImportRun:
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        files = [File(open(path, "rb"), name=path.name) for path in paths]  # noqa: SIM115
        try:
            run = services.upload(files, by=by, source=source, submission_key=None)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        finally:
            for file in files:
                file.close()
        run = self._work(run, "Read")
        for kept in run.files.all():
            what = kept.problem or f"{kept.rows:,} rows of {kept.get_kind_display()}"
            self.stdout.write(f"{kept.name}: {what}")
        return run

    def _work(self, run: ImportRun, done: str) -> ImportRun:
        begun = time.monotonic()
        while work(run.pk, now=timezone.now()):
            pass
        run.refresh_from_db()
        if run.state == ImportState.FAILED:
            raise CommandError(run.error)
        if run.is_working:
            raise CommandError(
                f"Another import of {run.source} is running. Import {run.pk} waits for "
                "it, and a worker goes on with it."
            )
        self.stdout.write(f"{done} in {time.monotonic() - begun:.1f} s.")
        return run

    def _answer(self, run: ImportRun, options: dict[str, Any]) -> None:
        kinds = _pairs(options["kind"])
        formats = {
            **_pairs(options["date_format"]),
            **_pairs(options["number_format"]),
        }
        choices = {
            file.pk: {"kind": kinds.get(file.name, ""), "formats": formats}
            for file in run.files.all()
        }
        services.choose_files(run, choices, source=run.source)
        files = list(run.files.taken())
        mappings = {file.pk: _mapping(file, options) for file in files}
        keys = [each.strip() for each in (options["key"] or "").split(",") if each]
        services.map_columns(run, mappings, {file.pk: keys for file in files})
        run.refresh_from_db()
        services.choose_files(run, choices, source=run.source)
        run.refresh_from_db()
        services.answer(run, _process_of(options))
        run.refresh_from_db()
        services.answer(run, _answers(run, options))
        run.refresh_from_db()

    def _ask(self, run: ImportRun) -> None:
        """Say everything that is still to be said, and stop."""
        questions = open_questions(run)
        if questions:
            lines = [f"- {each.text}\n    {each.option}" for each in questions]
            raise CommandError("Please say:\n" + "\n".join(lines))

    def _report(self, run: ImportRun, would: str) -> None:
        found = results(run)
        for group in found.groups:
            counts = ", ".join(f"{each.rows} {each.label}" for each in group.counts)
            self.stdout.write(f"{group.name}, {group.title}: {counts}")
        self.stdout.write(
            f"In all: {found.created:,} {would}created, {found.changed:,} {would}"
            f"changed, {found.same:,} unchanged, {found.skipped:,} skipped, "
            f"{found.refused:,} refused."
        )
        refused = ImportRow.objects.filter(file__run=run, action="refuse")
        for row in refused.select_related("file").order_by("file", "line")[
            :SHOWN_REFUSED
        ]:
            why = "; ".join(row.reasons)
            self.stderr.write(f"{row.file.name}, row {row.line}: {why}")


def _pairs(listed: list[str]) -> dict[str, str]:
    """Return "NAME=VALUE" as name to value. Raises CommandError without a "="."""
    found = {}
    for each in listed:
        name, equals, value = each.rpartition("=")
        if not equals:
            raise CommandError(f"“{each}” needs a “=”, as in NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found


def _mapping(file: ImportFile, options: dict[str, Any]) -> dict[str, str]:
    names = [column["name"] for column in file.columns]
    mapping = dict(file.mapping)
    if options["preset"]:
        mapping = map_columns(file.kind, options["preset"], names)
    for column, field in _pairs(options["map"]).items():
        of_file, colon, name = column.rpartition(":")
        if colon and of_file == file.name:
            column = name  # noqa: PLW2901 - the file's name said which file
        if column in names:
            mapping = {key: value for key, value in mapping.items() if value != column}
            if field:
                mapping[field] = column
    return mapping


def _process_of(options: dict[str, Any]) -> dict[str, Any]:
    if options["new_process"]:
        return {"process": NEW, "process_name": options["new_process"]}
    if options["process"]:
        found = Process.objects.in_use().filter(name__iexact=options["process"]).first()
        if found is None:
            names = ", ".join(Process.objects.in_use().values_list("name", flat=True))
            raise CommandError(
                f"There is no process {options['process']}. There are: {names}."
            )
        return {"process": found.pk}
    return {}


def _answers(run: ImportRun, options: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {"list_price": options["list_price"]}
    stages = dict(run.answers.get("stages", {}))
    for name, stage in _pairs(options["stage"]).items():
        if name in stages:
            stages[name] = _stage(run.answers["process"], stage)
    answers["stages"] = stages
    answers["owners"] = {
        **run.answers.get("owners", {}),
        **{
            name: _person(email)
            for name, email in _pairs(options["match_owner"]).items()
        },
    }
    answers["products"] = {
        **run.answers.get("products", {}),
        **{name: meant or None for name, meant in _pairs(options["product"]).items()},
    }
    if options["owner"]:
        answers["owner"] = _person(options["owner"])
    return answers


def _stage(process: int | str, name: str) -> Any:
    if process == NEW:
        if name not in KINDS:
            raise CommandError(f"A stage is one of {', '.join(KINDS)}, not {name}.")
        return name
    stages = Stage.objects.filter(process_id=process)
    for stage in stages:
        if plain(stage.name) == plain(name):
            return stage.pk
    raise CommandError(
        f"There is no stage {name}. There are: {', '.join(map(str, stages))}."
    )


def _person(text: str) -> int:
    people = User.objects.active()
    found = (
        people.filter(email__iexact=text).first() or people.filter(name=text).first()
    )
    if found is None:
        raise CommandError(f"There is nobody with the e-mail {text}.")
    return found.pk
