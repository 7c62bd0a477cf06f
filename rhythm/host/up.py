"""`bin/up`: everything on one machine, from one command, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from urllib.parse import urlsplit

from rhythm.host import commands, health, programs
from rhythm.host.commands import Part
from rhythm.host.errors import HostError, explained, explained_output
from rhythm.host.folders import ROOT, here
from rhythm.host.installation import DEMO, EMPTY, AlreadyRunning, Installation
from rhythm.host.supervisor import Kept, Supervisor

EVERYWHERE = "0.0.0.0"  # noqa: S104
START_SECONDS = 60
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The person at the terminal, or the system, wants it to end."""


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    kind: str | None
    host: str
    port: int

    @property
    def is_open(self) -> bool:
        """True if other machines can reach it."""
        return self.host not in ("127.0.0.1", "localhost", "::1")

    @property
    def url(self) -> str:
        """The address to type, on this machine or, if it is open, on any near it."""
        host = "localhost"
        if self.host == EVERYWHERE:
            host = health.address_on_network() or host
        elif self.is_open:
            host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the product until it is told to stop. Return the exit code."""
    options = parse(arguments)
    supervisor = Supervisor(say)
    for number in ENDING:
        # What a nohup ignores stays ignored.
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        installation = Installation(here())
        installation.prepare_folders()
        with installation.locked(options.url):
            try:
                run(installation, options, supervisor)
            finally:
                for number in ENDING:
                    signal.signal(number, signal.SIG_IGN)
                supervisor.stop()
    except AlreadyRunning as found:
        say(f"Rhythm is running already: {found.url} (process {found.pid}).")
        say(f"Stop it with Ctrl-C where it was started, or with: kill {found.pid}")
        return 0
    except HostError as error:
        print(f"rhythm: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"rhythm: {explained(error, here().var)}", file=sys.stderr)
        return 1
    except Stopped:
        say("Stopped.")
    return 0


def run(installation: Installation, options: Options, supervisor: Supervisor) -> None:
    """Start everything in its order, and look after it. Returns by raising Stopped."""
    health.check_free(options.host, options.port)
    kind = chosen_kind(installation, options)
    environment = start_servers(installation, supervisor, kind)
    environment |= addresses(options)

    say("Bringing the database up to this version ...")
    installation.run(
        commands.PREPARE, environment, "The database could not be prepared"
    )
    if installation.collect(environment):
        say("Static files collected.")
    link = fill(installation, kind, environment)

    # The web first and alone: it is what the person waits for.
    start_part(installation, supervisor, commands.WEB, environment)
    wait_for_web(installation, options, supervisor)
    worker = start_part(installation, supervisor, commands.WORKER, environment)
    supervisor.watch_over(worker, lambda: health.is_idle(options.host, options.port))
    start_part(installation, supervisor, commands.BEAT, environment)
    welcome(options, kind, link)
    supervisor.watch()


def chosen_kind(installation: Installation, options: Options) -> str:
    """Return DEMO or EMPTY: as it was set up, as asked for, or as answered now."""
    kept = installation.kind
    if kept and options.kind and options.kind != kept:
        raise HostError(
            f"This installation was set up as {kept!r}, and stays that. "
            f"For another one, move {installation.folders.var} away first."
        )
    kind = kept or options.kind
    if kind:
        return kind
    if not sys.stdin.isatty():
        return EMPTY
    say("This is the first start. Rhythm can fill itself with a fictional company, so")
    say("that there is something to look at, or start empty, with you as its admin.")
    try:
        answer = input("Start with the demo company? [Y/n] ")
    except EOFError:
        return EMPTY
    return EMPTY if answer.strip().lower().startswith("n") else DEMO


def start_servers(
    installation: Installation, supervisor: Supervisor, kind: str
) -> dict[str, str]:
    """Start the servers that nobody else provides. Return the product's environment."""
    postgres, valkey = installation.postgres(), installation.valkey()
    if postgres is not None:
        say("Starting PostgreSQL 18 ...")
        if postgres.is_elsewhere:
            say(f"  Its data is in {postgres.home}: PostgreSQL does not run as root,")
            say(f"  and the account that it runs as cannot reach {ROOT}.")
        postgres.start()
        supervisor.keep(
            "postgres",
            postgres.launch,
            running=postgres.process,
            ends_by=signal.SIGINT,
            patience=60,
        )
    if valkey is not None:
        say("Starting Valkey 9 ...")
        valkey.start()
        supervisor.keep("valkey", valkey.launch, running=valkey.process)
    return installation.environment(postgres, valkey, kind)


def addresses(options: Options) -> dict[str, str]:
    """Return where the web listens, and under which names it answers."""
    names = {"localhost", "127.0.0.1", "[::1]", urlsplit(options.url).hostname or ""}
    names.update(filter(None, os.environ.get("ALLOWED_HOSTS", "").split(",")))
    return {
        "APP_BASE_URL": os.environ.get("APP_BASE_URL") or options.url,
        "ALLOWED_HOSTS": ",".join(sorted(filter(None, names))),
        "GRANIAN_HOST": options.host,
        "GRANIAN_PORT": str(options.port),
        "GRANIAN_WORKERS": os.environ.get("GRANIAN_WORKERS", "2"),
        "GRANIAN_BLOCKING_THREADS": os.environ.get("GRANIAN_BLOCKING_THREADS", "4"),
    }


def fill(installation: Installation, kind: str, environment: dict[str, str]) -> str:
    """Fill a new installation. Return the link that makes the first admin, or ""."""
    if kind == DEMO:
        if installation.kind is None:
            say("Making the demo company (up to a minute) ...")
            installation.run(commands.SEED, environment, "There is no demo company")
            installation.remember(DEMO)
        return ""
    try:
        link = installation.run(commands.FIRST_ADMIN, environment, "No link")
    except HostError:
        # There is an admin already. Anything else is in the log, and can wait.
        link = ""
    installation.remember(EMPTY)
    return link.strip()


def start_part(
    installation: Installation,
    supervisor: Supervisor,
    part: Part,
    environment: dict[str, str],
) -> Kept:
    """Start one of the product's own processes, with its log."""

    def launch() -> subprocess.Popen[bytes]:
        with open(installation.folders.log / f"{part.name}.log", "ab") as log:
            return programs.start(
                part.command,
                log=log,
                environment=environment,
                cwd=ROOT,
                ends_by=part.ends_by,
            )

    say(f"Starting the {part.name} ...")
    return supervisor.keep(
        part.name, launch, ends_by=part.ends_by, patience=part.patience
    )


def wait_for_web(
    installation: Installation, options: Options, supervisor: Supervisor
) -> None:
    """Return when pages are served. Raises HostError if that does not happen."""
    web = next(each for each in supervisor.kept if each.name == commands.WEB.name)
    until = time.monotonic() + START_SECONDS
    while not health.answers(options.host, options.port):
        if web.process.poll() is not None or time.monotonic() > until:
            log = installation.folders.log / f"{web.name}.log"
            raise explained_output(
                log.read_text(errors="replace")[-4000:],
                installation.folders.var,
                f"The web did not start (see {log}):",
            )
        time.sleep(0.1)


def welcome(options: Options, kind: str, link: str) -> None:
    """Say where to go."""
    say("")
    say(f"Rhythm is ready: {options.url}")
    if options.is_open:
        say("WARNING: everybody on this network can reach it, without encryption.")
        say("         For more than a try-out, run it behind HTTPS (see the README).")
        if kind == DEMO:
            say("         In the demo, whoever opens it can sign in with one click.")
    if link:
        say(f"Open this once, to become its admin: {link}")
    say("Ctrl-C stops it.")


def parse(arguments: Sequence[str] | None) -> Options:
    """Return the options of the command line; ends the program if they are wrong."""
    parser = argparse.ArgumentParser(
        prog="bin/up", description="Run Rhythm on this machine until Ctrl-C."
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--demo",
        dest="kind",
        action="store_const",
        const=DEMO,
        help="on the first start, make a fictional company to look at",
    )
    kind.add_argument(
        "--empty",
        dest="kind",
        action="store_const",
        const=EMPTY,
        help="on the first start, make nothing, and print a link for the first admin",
    )
    parser.add_argument(
        "--host",
        nargs="?",
        const=EVERYWHERE,
        default="127.0.0.1",
        metavar="ADDRESS",
        help="let other machines in, such as the phone on the desk",
    )
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    given = parser.parse_args(arguments)
    if not 0 < given.port < 65536:
        parser.error(f"there is no port {given.port}")
    return Options(given.kind, given.host, given.port)


def say(text: str) -> None:
    """Print a line of progress at once, also into a pipe."""
    print(text, flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
