"""`bin/manage`: a management command on the installation that `bin/up` runs here."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rhythm.host.errors import HostError, explained
from rhythm.host.folders import ROOT, here
from rhythm.host.installation import AlreadyRunning, Installation


def main(arguments: Sequence[str]) -> int:
    """Run `manage.py` with `arguments` and return its exit code.

    The servers of a running `bin/up` are used; otherwise they run for as long as the
    command does.
    """
    try:
        installation = Installation(here())
        installation.prepare_folders()
        with servers(installation) as environment:
            command = [sys.executable, str(ROOT / "manage.py"), *arguments]
            return subprocess.run(  # noqa: S603
                command, env=environment, check=False
            ).returncode
    except HostError as error:
        print(f"rhythm: {error}", file=sys.stderr)
    except OSError as error:
        print(f"rhythm: {explained(error, Path(ROOT))}", file=sys.stderr)
    except KeyboardInterrupt:
        pass
    return 1


@contextlib.contextmanager
def servers(installation: Installation) -> Iterator[dict[str, str]]:
    """Yield the environment in which the product's servers can be reached.

    Links in what a command sends lead to where the product is running, if it is.
    """
    postgres, valkey = installation.postgres(), installation.valkey()
    running_at = ""
    with contextlib.ExitStack() as opened:
        try:
            opened.enter_context(installation.locked("bin/manage"))
        except AlreadyRunning as running:
            running_at = running.url
        else:
            if postgres is not None:
                opened.callback(postgres.stop)
                postgres.start()
            if valkey is not None:
                opened.callback(valkey.stop)
                valkey.start()
        environment = installation.environment(postgres, valkey, installation.kind)
        if running_at.startswith("http") and not environment.get("APP_BASE_URL"):
            environment["APP_BASE_URL"] = running_at
        yield environment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
