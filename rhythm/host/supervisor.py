"""Keeps processes running: starts again what ends, and ends all of them together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rhythm.host import programs

LOOK_EVERY_SECONDS = 0.2
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
# One that ran for this long had started well; its next fall counts as the first.
STEADY_SECONDS = 60.0
# How often a process is asked whether it works, and how long it may do nothing.
ASK_EVERY_SECONDS, IDLE_SECONDS = 15.0, 60.0


@dataclass
class Kept:
    """A process that is to run for as long as the supervisor does."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    ends_by: signal.Signals
    patience: float
    process: subprocess.Popen[bytes]
    started_at: float
    # How long its last fall was waited out; 0 if it has not fallen lately.
    delay: float = 0
    # When to start it again, by the monotonic clock; None while it runs.
    again_at: float | None = None


@dataclass
class Supervisor:
    """Looks after processes until it is told to stop."""

    say: Callable[[str], None]
    kept: list[Kept] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def keep(
        self,
        name: str,
        launch: Callable[[], subprocess.Popen[bytes]],
        *,
        running: subprocess.Popen[bytes] | None = None,
        ends_by: signal.Signals = signal.SIGTERM,
        patience: float = 15,
    ) -> Kept:
        """Start a process and look after it; running is one that is there already."""
        process = running or launch()
        kept = Kept(name, launch, ends_by, patience, process, time.monotonic())
        self.kept.append(kept)
        return kept

    def watch(self) -> None:
        """Return when `stopping` is set; until then, start again what has ended."""
        while not self.stopping.wait(LOOK_EVERY_SECONDS):
            for each in self.kept:
                self._look_after(each, time.monotonic())

    def watch_over(self, kept: Kept, is_idle: Callable[[], bool]) -> None:
        """Kill the process when it lives and has done no work for IDLE_SECONDS.

        is_idle says how it is now, and may take its time: it is asked in a thread.
        """
        watching = threading.Thread(
            target=self._watch_over, args=(kept, is_idle), daemon=True
        )
        watching.start()

    def _watch_over(self, kept: Kept, is_idle: Callable[[], bool]) -> None:
        idle_since: float | None = None
        while not self.stopping.wait(ASK_EVERY_SECONDS):
            process, now = kept.process, time.monotonic()
            # One that has just started has had no time to work.
            is_new = kept.again_at is not None or now - kept.started_at < IDLE_SECONDS
            if is_new or not is_idle():
                idle_since = None
                continue
            idle_since = now if idle_since is None else idle_since
            if now - idle_since >= IDLE_SECONDS and process.poll() is None:
                self.say(f"{kept.name} lives and takes up no work; it is killed.")
                # It may be deaf to any other signal. `watch` starts it again.
                _end_group(process)
                idle_since = None

    def stop(self) -> None:
        """End every process, the last that was started first, and wait for each."""
        for each in reversed(self.kept):
            programs.stop(each.process, each.ends_by, each.patience)
            _end_group(each.process)
        self.kept.clear()

    def _look_after(self, kept: Kept, now: float) -> None:
        if kept.again_at is None:
            code = kept.process.poll()
            if code is None:
                return
            _end_group(kept.process)
            steady = now - kept.started_at > STEADY_SECONDS
            longer = FIRST_DELAY if steady else max(FIRST_DELAY, kept.delay * 2)
            kept.delay = min(longer, LONGEST_DELAY)
            kept.again_at = now + kept.delay
            self.say(
                f"{kept.name} has ended ({_reason(code)}); "
                f"it starts again in {kept.delay:.0f} s."
            )
        elif now >= kept.again_at:
            try:
                kept.process = kept.launch()
            except OSError as error:
                kept.again_at = now + LONGEST_DELAY
                self.say(f"{kept.name} cannot be started: {error}")
                return
            kept.started_at, kept.again_at = now, None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what a process has left behind of its own children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _reason(code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
