"""Where an installation keeps what is its own."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from rhythm.host.errors import explained

ROOT = Path(__file__).resolve().parent.parent.parent
# For programs that an unprivileged account cannot reach inside root's own folders.
SYSTEM = Path("/var/lib/rhythm")
# A socket's whole path may have about 100 characters.
LONGEST_SOCKET_FOLDER = 75


@dataclass(frozen=True)
class Folders:
    """The folder `var/` of one installation, and what is in it."""

    var: Path

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def media(self) -> Path:
        return self.var / "media"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def postgres_elsewhere(self) -> Path:
        """Where PostgreSQL's data goes if its account cannot reach `var`."""
        name = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        return SYSTEM / name

    @property
    def sockets(self) -> Path:
        """A private folder for sockets."""
        folder = self.var / "run"
        if len(str(folder)) < LONGEST_SOCKET_FOLDER:
            return folder
        name = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        return Path(f"/tmp/rhythm-{os.geteuid()}-{name}")  # noqa: S108

    def make(self) -> None:
        """Make the folders. Raises HostError if the disk or the account says no."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            for private in (self.log, self.media, self.valkey, self.sockets):
                private.mkdir(mode=0o700, exist_ok=True)
                if private.lstat().st_uid != os.geteuid():
                    raise PermissionError(13, "belongs to another account", private)
            (self.log / ".writable").write_text("yes")
        except OSError as error:
            raise explained(error, self.var) from error

    def secret(self, name: str, length: int = 48) -> str:
        """Return the secret `name`, made at the first call and kept (mode 0600)."""
        path = self.var / "secrets" / name
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if not path.exists():
                half = path.with_name(f".{name}.{os.getpid()}")
                with open(os.open(half, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                    file.write(secrets.token_urlsafe(length))
                half.rename(path)
            return path.read_text()
        except OSError as error:
            raise explained(error, path) from error


def here() -> Folders:
    """Return this checkout's folders; RHYTHM_VAR names another place for them."""
    return Folders(Path(os.environ.get("RHYTHM_VAR") or ROOT / "var").absolute())
