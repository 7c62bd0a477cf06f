"""Files that arrive without anybody at the browser: in a folder, or by a link."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.imports import services
from pipeline.imports.models import ImportRun, ImportState, SeenFile, UploadLink
from pipeline.imports.sniffing import ENDINGS
from pipeline.opportunities.models import Source
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.people.tokens import fingerprint, new_token

log = logging.getLogger(__name__)

# A file that was written to since may not be all there yet.
STABLE_AFTER = timedelta(seconds=60)


def folder_of(source: Source) -> Path | None:
    """Return the folder that is watched for files of the source; None without one."""
    root: Path | None = settings.IMPORT_FOLDER
    return root / source.name if root else None


def scan(now: datetime) -> list[ImportRun]:
    """Take up what is new and stable in the folders of all sources.

    What lies there together comes in together. A folder that cannot be read is logged,
    and the others are looked at.
    """
    if not settings.IMPORT_FOLDER:
        return []
    made = []
    for source in Source.objects.all():
        try:
            run = _scan(source, now)
        except (OSError, ValidationError):
            log.exception("The folder of %s could not be taken up", source.name)
        else:
            if run is not None:
                made.append(run)
    return made


@transaction.atomic
def _scan(source: Source, now: datetime) -> ImportRun | None:
    folder = folder_of(source)
    by = _who_brought(source)
    if folder is None or by is None or not folder.is_dir():
        return None
    new = [path for path in sorted(folder.iterdir()) if _is_new(path, source, now)]
    if not new:
        return None
    with ExitStack() as opened:
        files = [
            File(opened.enter_context(open(path, "rb")), name=path.name)
            for path in new[: services.MOST_FILES]
        ]
        return _take(files, by, source)


def _is_new(path: Path, source: Source, now: datetime) -> bool:
    """Return whether the file is to be taken; from then on it is not new any more."""
    if path.suffix.lower() not in ENDINGS or path.is_symlink() or not path.is_file():
        return False
    found = path.stat()
    if found.st_mtime > (now - STABLE_AFTER).timestamp():
        return False
    _seen, is_new = SeenFile.objects.get_or_create(
        source=source.name,
        name=path.name[:255],
        size=found.st_size,
        modified=found.st_mtime_ns,
    )
    return is_new


def _who_brought(source: Source) -> User | None:
    """Return who last brought files of the source in: in that name others follow."""
    runs = ImportRun.objects.filter(source=source.name, state=ImportState.DONE)
    last = runs.select_related("created_by").order_by("-pk").first()
    return last.created_by if last else None


def _take(files: Sequence[File], by: User, source: Source) -> ImportRun:
    return services.upload(
        files, by=by, source=source.name, submission_key=None, is_automatic=True
    )


@transaction.atomic
def make_link(source: Source, *, by: User, now: datetime) -> str:
    """Return the secret of a new link; the one before does not open any more."""
    token = new_token()
    UploadLink.objects.filter(source=source).delete()
    UploadLink.objects.create(
        source=source, by=by, token_sha256=fingerprint(token), made_at=now
    )
    audit.record(AuditKind.LINK_MADE, by=by, subject=str(source))
    return token


@transaction.atomic
def revoke_link(source: Source, *, by: User) -> None:
    """Let the link of the source open nothing any more."""
    gone, _each = UploadLink.objects.filter(source=source).delete()
    if gone:
        audit.record(AuditKind.LINK_REVOKED, by=by, subject=str(source))


def link_of(token: str) -> UploadLink | None:
    """Return the link that the token opens, if who made it is still an admin."""
    found = UploadLink.objects.select_related("source", "by").filter(
        token_sha256=fingerprint(token), by__is_active=True, by__is_admin=True
    )
    return found.first()


@transaction.atomic
def receive(link: UploadLink, file: File, now: datetime) -> ImportRun:
    """Take a file that came by the link. Raises ValidationError if it is refused."""
    if Path(file.name or "").suffix.lower() not in ENDINGS:
        raise ValidationError(
            _("Only .csv, .tsv, .txt and .xlsx files can be brought in.")
        )
    link.used_at = now
    link.save(update_fields=["used_at"])
    return _take([file], link.by, link.source)
