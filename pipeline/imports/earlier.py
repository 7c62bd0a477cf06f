"""What was answered about earlier files of the same shape, to be answered once."""

from __future__ import annotations

from typing import Any

from pipeline.imports.models import TAKEN, ImportFile, ImportRun, ImportState

# Answers about all files that hold for the next export too.
KEPT = ("process", "process_name", "order", "owner", "list_price", "products")


def recall(run: ImportRun) -> None:
    """Take over kind, columns, formats and answers from the last import like this.

    That is, of the same source, and with a file of the same columns. Saves the files
    and the run; `answers["recalled"]` is the id of the earlier import. Costs two
    queries, and one for each file that is known.
    """
    files = [file for file in run.files.all() if file.shape and not file.problem]
    earlier = _earlier(run, files)
    latest = None
    for file in files:
        known = earlier.get(file.shape)
        if known is None:
            continue
        _take_over(file, known)
        if latest is None or known.run.pk > latest.pk:
            latest = known.run
    if latest is not None:
        run.answers = {**run.answers, **_answers(latest), "recalled": latest.pk}
        run.save(update_fields=["answers"])


def _earlier(run: ImportRun, files: list[ImportFile]) -> dict[str, ImportFile]:
    """Return the latest file of each shape that was brought in."""
    found = ImportFile.objects.filter(
        run__source=run.source,
        run__state=ImportState.DONE,
        shape__in={file.shape for file in files},
        problem="",
        kind__in=TAKEN,
    )
    latest = found.order_by("shape", "-run_id", "-pk").distinct("shape")
    # Without what its columns held, which may be long.
    return {
        file.shape: file
        for file in latest.select_related("run").defer("columns", "sample")
    }


def _take_over(file: ImportFile, known: ImportFile) -> None:
    names = {column["name"]: column for column in file.columns}
    file.kind, file.preset, file.keys = known.kind, known.preset, known.keys
    file.mapping = {
        field: column for field, column in known.mapping.items() if column in names
    }
    # A date that can be read in one way only is read in that way.
    for name, chosen in known.formats.items():
        possible = [*names[name]["dates"], *names[name]["numbers"]]
        if chosen in possible:
            file.formats[name] = chosen
    file.save(update_fields=["kind", "preset", "keys", "mapping", "formats"])


def _answers(earlier: ImportRun) -> dict[str, Any]:
    """Return the answers, with what was new then as what it has become."""
    answers = {name: earlier.answers[name] for name in KEPT if name in earlier.answers}
    resolved = earlier.resolved
    answers["owners"] = {
        **earlier.answers.get("owners", {}),
        **{text: ref[0] for text, ref in resolved.get("owners", {}).items()},
    }
    if resolved.get("process"):
        answers["process"] = resolved["process"]
        answers["stages"] = {
            name: ref[0] for name, ref in resolved.get("stages", {}).items()
        }
    return answers
