"""Servers for the tests: PostgreSQL and Valkey, up before any settings are read.

Loaded by `bin/test` with `-p tests.servers`. DATABASE_URL and REDIS_URL replace the
embedded ones. All migrations run once, into a template that is kept until one of
them changes; each worker's database is a copy of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from rhythm.host.errors import HostError
from rhythm.host.folders import ROOT, Folders
from rhythm.host.postgres import FORGETFUL, ROLE, Postgres
from rhythm.host.valkey import Valkey

DISTRICTS = ("rhythm", "pipeline", "coaching", "scorecards")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Bring the servers up before pytest-django reads the settings."""
    # xdist's workers inherit the environment of the process that has done this.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        opened = contextlib.ExitStack()
        early_config.add_cleanup(opened.close)
        try:
            _serve(opened)
        except HostError as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)


def _serve(opened: contextlib.ExitStack) -> None:
    folders = Folders(opened.enter_context(_folder()))
    folders.make()
    os.environ["RHYTHM_PROFILE"] = "local"
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(64)
    os.environ["MEDIA_ROOT"] = str(folders.media)
    for name in ("APP_BASE_URL", "EMAIL_URL", "RHYTHM_DEMO", "RHYTHM_ADMIN_SITE"):
        os.environ.pop(name, None)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _database(folders, opened)
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folders)
        opened.callback(valkey.stop)
        valkey.start()
        os.environ["REDIS_URL"] = valkey.url
    os.environ["RHYTHM_TEST_TEMPLATE"] = _template(os.environ["DATABASE_URL"])


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Yield var/test, or a throw-away folder while another run is using that."""
    kept = ROOT / "var" / "test"
    with contextlib.ExitStack() as opened:
        try:
            kept.mkdir(parents=True, exist_ok=True)
            lock = opened.enter_context(open(kept / "lock", "w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield opened.enter_context(_thrown_away())
        else:
            yield kept


@contextlib.contextmanager
def _thrown_away() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rhythm-test-"))
    # PostgreSQL's own account must be able to reach its data in it.
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(folders: Folders, opened: contextlib.ExitStack) -> str:
    """Start PostgreSQL and return its URL."""
    postgres = Postgres(folders, settings=FORGETFUL, may_create_databases=True)
    opened.callback(postgres.stop)
    try:
        postgres.start()
    except HostError:
        # Without fsync, a power cut breaks the data. Nothing in it is worth keeping.
        postgres.stop()
        shutil.rmtree(postgres.home)
        postgres.start()
    with postgres.superuser() as server:
        # So that tests/flushing can leave the triggers aside.
        right = "GRANT SET ON PARAMETER session_replication_role TO {}"
        server.execute(_sql(right, ROLE))
    return postgres.url


def _template(url: str) -> str:
    """Return the name of a database on the same server with every migration run."""
    parts = urlsplit(url)
    prefix = f"{parts.path.strip('/')}_template_"
    name = prefix + _fingerprint()
    with psycopg.connect(_with_database(url, "postgres"), autocommit=True) as server:
        # Two runs on one server must not make it at the same time.
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [prefix])
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        )
        templates = [row[0] for row in found]
        if name in templates:
            return name
        half = f"{name}_half"
        for old in {*templates, half}:
            server.execute(_sql("DROP DATABASE IF EXISTS {}", old))
        server.execute(_sql("CREATE DATABASE {}", half))
        _migrate(_with_database(url, half))
        server.execute(_sql("ALTER DATABASE {} RENAME TO {}", half, name))
    return name


def _migrate(url: str) -> None:
    for command in (["migrate", "--no-input"], ["createcachetable"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "rhythm.settings",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HostError(f"manage.py {command[0]} failed:\n{done.stderr}")


def _fingerprint() -> str:
    """Return a name for the migrations as they are now, the libraries' included."""
    files = [ROOT / "uv.lock"]
    for district in DISTRICTS:
        files += sorted((ROOT / district).glob("*/migrations/*.py"))
    found = hashlib.sha256()
    for file in files:
        found.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return found.hexdigest()[:12]


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def _sql(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
