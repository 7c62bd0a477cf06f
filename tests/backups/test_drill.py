"""The drill: total loss, and back from a backup."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from pipeline.opportunities.models import Opportunity
from rhythm.backups import database
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import Draft, deliver, post, release_held
from rhythm.people import services as people
from rhythm.people.models import User
from scorecards.demo.seed import seed
from tests.factories.opportunities import OpportunityFactory

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


class Sink:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.count = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.count += 1
        return "250 OK"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    settings.HAS_MAIL_SERVER = True
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }
    yield sink
    server.stop()


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Give the installation a folder of files of its own, with two in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "imports").mkdir(parents=True)
    (settings.MEDIA_ROOT / "imports" / "deals.csv").write_bytes(
        b"id,name\n1,Tr\xffnch\n"
    )
    (settings.MEDIA_ROOT / "empty").touch()
    return settings.MEDIA_ROOT


def contents() -> dict[str, tuple[int, str]]:
    """Return the number of rows and a hash of the rows of every table."""
    found = {}
    left_out = (*database.LEFT_OUT, database.MIGRATIONS)
    rows = """
        SELECT count(*), md5(string_agg(r::text, ' ' ORDER BY r::text)) FROM "%s" r
    """
    for table in set(database.tables()) - set(left_out):
        [found[table]] = database.rows_of(rows % table)
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def run(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out, **options)
    return out.getvalue()


def tampered(path: Path, name: str, change: Any) -> Path:
    """Return a copy of the archive, well-formed, in which one member is another."""
    copy = path.with_name(f"{path.stem}-tampered.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for each in source.namelist():
            held = source.read(each)
            target.writestr(each, change(held) if each == name else held)
    return copy


def test_everything_comes_back_and_nothing_goes_out(
    sink: Sink, media: Path, tmp_path: Path, as_user: Any
) -> None:
    # As migrations leave it, without what another test has left.
    database.wipe()
    call_command("prepare_database", verbosity=0)
    seed(NOW)
    # The demo's own mails, which may have been sent by now.
    Notice.objects.get_queryset().delete()
    rita = User.objects.get(name__startswith="Rita")
    rita.set_password("Correct horse 9 battery")
    rita.save(update_fields=["password"])
    as_user(rita)
    reset = default_token_generator.make_token(User.objects.get(pk=rita.pk))
    invited = people.create_person(
        {"name": "Nora New", "email": "nora@demo.example"}, today=NOW.date()
    )
    link = people.invite(invited, by=None, now=datetime.now(UTC))
    post([Draft("test", f"t:{n}", rita, "Reminder", "Text") for n in range(3)], now=NOW)
    later = datetime.now(UTC) + timedelta(days=30)
    post([Draft("test", "later", rita, "Later", "Text", due_at=later)], now=NOW)
    before, files_before = contents(), files(media)
    triggers = database.rows_of(
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text, tgdeferrable"
        " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    keys = sorted(database.rows_of(database.FOREIGN_KEYS))
    last = Opportunity.objects.order_by("-pk")[0].pk

    archive = tmp_path / "backup.zip"
    assert "backup.zip" in run("backup", archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    assert "is whole" in run("restore", archive, verify=True)

    # Total loss: the database and the files.
    database.wipe()
    assert not database.tables()
    (media / "imports" / "deals.csv").unlink()
    (media / "new").write_text("not in the backup")

    said = run("restore", archive)

    assert "3 mails were due and are HELD" in said
    assert "Nora New" in said
    after = contents()
    changed = {name for name in before if before[name] != after[name]}
    # Held notices, the withdrawn link, password links ended, and this restore.
    assert changed == {
        "people_auditentry",
        "notices_notice",
        "notices_restore",
        "people_invitation",
        "people_user",
    }
    rows_before = {name: rows for name, (rows, _) in before.items()}
    rows_before["notices_restore"] += 1
    rows_before["people_auditentry"] += 1
    assert rows_before == {name: rows for name, (rows, _) in after.items()}
    assert files(media) == files_before
    assert keys == sorted(database.rows_of(database.FOREIGN_KEYS))
    assert triggers == database.rows_of(
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text, tgdeferrable"
        " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )

    # Nothing goes out until somebody says so; and then it does.
    waiting = list(Notice.objects.values_list("pk", flat=True))
    now = datetime.now(UTC)
    assert not any(deliver(pk, now=now) for pk in waiting)
    assert sink.count == 0
    assert release_held(now=now) == 3
    assert sum(deliver(pk, now=datetime.now(UTC)) for pk in waiting) == 3
    assert sink.count == 3
    assert Notice.objects.get(key="later").state == NoticeState.QUEUED

    # Nobody is signed in, and no link that was out opens anything.
    assert not Session.objects.exists()
    rita = User.objects.get(pk=rita.pk)
    assert rita.check_password("Correct horse 9 battery")
    assert not default_token_generator.check_token(rita, reset)
    assert as_user(rita).get(link).status_code == 404

    # Numbers go on where they were, and history is kept again.
    assert OpportunityFactory(owner=rita).pk == last + 1


class TestRefusals:
    @pytest.fixture
    def archive(self, ada: User, tmp_path: Path) -> Path:
        people.invite(ada, by=None, now=NOW)
        path = tmp_path / "backup.zip"
        run("backup", path)
        return path

    @pytest.fixture(autouse=True)
    def untouched(self, archive: Path, media: Path) -> Iterator[None]:
        """Nothing may be another after the test."""
        before = contents(), files(media)
        yield
        assert (contents(), files(media)) == before

    def refused(self, path: Path, text: str, **options: Any) -> None:
        with pytest.raises(CommandError, match=text):
            run("restore", path, **options)

    def test_a_database_with_people_in_it(self, archive: Path) -> None:
        self.refused(archive, "people in this database already")

    def test_a_table_that_is_another(self, archive: Path) -> None:
        path = tampered(archive, "tables/people_user.copy", lambda held: held + b"x")
        self.refused(path, "people_user.copy is damaged", replace=True)
        self.refused(path, "people_user.copy is damaged", verify=True)

    def test_a_file_that_is_another(self, archive: Path) -> None:
        path = tampered(archive, "files/imports/deals.csv", lambda _: b"other")
        self.refused(path, "deals.csv is damaged", replace=True)

    def test_an_archive_without_its_end(self, archive: Path) -> None:
        archive.write_bytes(archive.read_bytes()[:-200])
        self.refused(archive, "its end is missing", replace=True)

    def test_an_archive_with_a_wrong_byte(self, archive: Path) -> None:
        held = bytearray(archive.read_bytes())
        held[len(held) // 2] ^= 1
        archive.write_bytes(held)
        self.refused(archive, "damaged", replace=True)

    def test_no_archive_at_all(self, tmp_path: Path) -> None:
        (tmp_path / "letter").write_text("Dear Ada")
        self.refused(tmp_path / "letter", "is no backup", replace=True)
        self.refused(tmp_path / "nothing", "There is no file", replace=True)

    def test_a_newer_schema(self, archive: Path) -> None:
        def newer(held: bytes) -> bytes:
            manifest = json.loads(held)
            manifest["migrations"].append(["people", "9999_from_tomorrow"])
            return json.dumps(manifest).encode()

        path = tampered(archive, "manifest.json", newer)
        self.refused(path, "9999_from_tomorrow", replace=True)

    def test_a_newer_format(self, archive: Path) -> None:
        path = tampered(
            archive,
            "manifest.json",
            lambda held: held.replace(b'"format": 1', b'"format": 2'),
        )
        self.refused(path, "A newer Rhythm", replace=True)

    def test_a_file_that_would_lie_elsewhere(self, archive: Path) -> None:
        evil = b"files/../../evil"
        path = tampered(
            archive, "manifest.json", lambda held: held.replace(b"files/empty", evil)
        )
        with zipfile.ZipFile(path, "a") as target:
            target.writestr(evil.decode(), b"")
        self.refused(path, "outside the folder", replace=True)

    def test_a_backup_never_replaces_another(self, archive: Path) -> None:
        with pytest.raises(CommandError, match="there already"):
            run("backup", archive)

    def test_rows_that_contradict_each_other_change_nothing(
        self, archive: Path
    ) -> None:
        path = tampered(archive, "tables/people_user.copy", lambda _: b"")
        path = tampered(path, "manifest.json", without_people)
        self.refused(path, "contradicts itself", replace=True)


def without_people(held: bytes) -> bytes:
    """Return the manifest of a backup of nobody, though somebody is invited."""
    manifest = json.loads(held)
    for table in manifest["tables"]:
        if table["name"] == "people_user":
            table["rows"] = table["member"]["size"] = 0
            table["member"]["sha256"] = hashlib.sha256().hexdigest()
    return json.dumps(manifest).encode()


def test_a_restore_replaces_what_is_here_when_told_to(
    ada: User, tmp_path: Path
) -> None:
    run("backup", tmp_path / "backup.zip")
    User.objects.filter(pk=ada.pk).update(name="Somebody else")

    run("restore", tmp_path / "backup.zip", replace=True)

    assert User.objects.get(pk=ada.pk).name == ada.name


def test_rows_that_the_role_may_not_see_fail_the_backup(
    ada: User, tmp_path: Path
) -> None:
    table = User._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    try:
        with pytest.raises(Exception, match="row-level security"):
            run("backup", tmp_path / "backup.zip")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    assert not list(tmp_path.glob("*backup*"))
