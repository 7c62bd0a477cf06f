"""Programs as child processes: as which account, and never outliving their parent."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rhythm.host.errors import HostError

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """Whom a program runs as, when it may not run as root."""

    uid: int
    gid: int

    def owns(self, folder: Path) -> None:
        """Give `folder` to this account."""
        os.chown(folder, self.uid, self.gid)

    def can(self, test: str, path: Path) -> bool:
        """Return True if this account passes `test`, as in test(1), on `path`."""
        command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
        return run(command, account=self).returncode == 0


def unprivileged() -> Account | None:
    """Return the account for programs that refuse to run as root; None if we are not.

    Nothing in its name is ours to change, so it is one that every system has.
    """
    if os.geteuid() != 0:
        return None
    for name in ("nobody", "postgres", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid:
            return Account(entry.pw_uid, entry.pw_gid)
    raise HostError(
        "PostgreSQL does not run as root, and there is no account 'nobody' to run it "
        "as. Start Rhythm as an ordinary user."
    )


def start(
    command: Sequence[str],
    *,
    log: IO[bytes],
    account: Account | None = None,
    environment: dict[str, str] | None = None,
    cwd: Path | None = None,
    ends_by: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches only us.

    If we are killed, the system sends it `ends_by` (on Linux).
    """
    return subprocess.Popen(  # noqa: S603
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_dies_with_parent(ends_by),
        **_as(account),
    )


def run(
    command: Sequence[str], *, account: Account | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end and return it, with what it wrote."""
    return subprocess.run(  # noqa: S603
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **_as(account),
        **options,
    )


def stop(process: subprocess.Popen[bytes], by: signal.Signals, patience: float) -> None:
    """End `process` by a signal; after `patience` seconds, by force."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def copied(source: Path, target: Path) -> Path:
    """Return `target`, a copy of the folder `source`, made when it is not there."""
    if not target.exists():
        half = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(source, half, symlinks=True)
        half.chmod(0o755)
        half.rename(target)
    return target


def _as(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _dies_with_parent(by: signal.Signals) -> Callable[[], None]:
    """Return what the child does before it becomes the program."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None

    def prepare() -> None:
        # A shell that starts us in the background has us ignore some signals, and the
        # program would inherit that until it has set up its own.
        signal.signal(by, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(by))

    return prepare
