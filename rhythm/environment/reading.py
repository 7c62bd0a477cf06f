"""Reads the environment as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult

from rhythm.environment.shape import (
    LOCAL,
    PRODUCTION,
    Environment,
    NamedHost,
    SimulatedClock,
)
from rhythm.environment.values import MINIMUM_TOKEN_LENGTH, Values

BASE_DIR = Path(__file__).resolve().parent.parent.parent


class InvalidEnvironment(SystemExit):
    """Settings that must not be booted with. The text says what to do, line by line.

    It ends the process with that text, and without a traceback, whichever it is.
    """


def read(values: Mapping[str, str] | None = None) -> Environment:
    """Return the checked environment.

    Raises InvalidEnvironment with every problem at once, one per line.
    """
    reader = _Reader(os.environ if values is None else values)
    environment = reader.environment()
    if reader.problems:
        raise InvalidEnvironment(
            "Rhythm does not start with these settings:\n"
            + "\n".join(f"  - {each}" for each in reader.problems)
        )
    return environment


class _Reader(Values):
    """Knows every setting by its name."""

    def environment(self) -> Environment:
        profile = self.values.get("RHYTHM_PROFILE", PRODUCTION)
        if profile not in (PRODUCTION, LOCAL):
            self.problems.append(
                f"RHYTHM_PROFILE is {profile!r}. Use {PRODUCTION!r} or {LOCAL!r}."
            )
        production = profile != LOCAL
        base_url = self._base_url(production)
        return Environment(
            profile=profile,
            secret_key=self.secret("SECRET_KEY", self.values.get("SECRET_KEY", "")),
            secret_key_fallbacks=tuple(
                self.secret("SECRET_KEY_FALLBACKS", each)
                for each in self.several("SECRET_KEY_FALLBACKS")
            ),
            base_url=base_url,
            hosts=self._hosts(base_url),
            database=self._database(),
            redis_url=self._redis_url(),
            email=self._email(),
            email_from=self.values.get("EMAIL_FROM", "Rhythm <rhythm@localhost>"),
            media_root=Path(self.values.get("MEDIA_ROOT") or BASE_DIR / "var/media"),
            import_folder=self._import_folder(),
            is_demo=self._demo(production),
            has_admin_site=self.flag("RHYTHM_ADMIN_SITE"),
            statement_seconds=self.number("RHYTHM_STATEMENT_SECONDS", default=15),
            import_lease_seconds=self.number(
                "RHYTHM_IMPORT_LEASE_SECONDS", default=120, least=1
            ),
            delivery_lease_seconds=self.number(
                "RHYTHM_DELIVERY_LEASE_SECONDS", default=120, least=1
            ),
            webhook_hosts=self._webhook_hosts(),
            static_root=Path(self.values.get("STATIC_ROOT") or BASE_DIR / "var/static"),
            proxies=self.number("RHYTHM_PROXIES", default=0),
            tick_seconds=self.number("RHYTHM_TICK_SECONDS", default=30, least=1),
            metrics_token=self._metrics_token(),
            simulated_clock=self._simulated_clock(production),
        )

    def _simulated_clock(self, production: bool) -> SimulatedClock | None:
        value = self.values.get("RHYTHM_SIMULATED_CLOCK", "")
        if not value:
            return None
        if production:
            self.problems.append(
                "RHYTHM_SIMULATED_CLOCK is for try-outs. It is refused in production."
            )
        begins_at, _, step = value.partition(" ")
        try:
            clock = SimulatedClock(
                datetime.fromisoformat(begins_at), timedelta(seconds=int(step))
            )
        except ValueError:
            clock = None
        if clock is None or clock.begins_at.tzinfo is None or not clock.step:
            self.problems.append(
                "RHYTHM_SIMULATED_CLOCK is a moment and the seconds that a tick takes, "
                "as in '2026-11-23T06:00:00+00:00 600'."
            )
        return clock

    def _webhook_hosts(self) -> tuple[NamedHost, ...]:
        found = []
        for each in self.several("RHYTHM_WEBHOOK_HOSTS"):
            parts = self.split(f"//{each}")
            plain = f"[{parts.hostname}]" if ":" in each else parts.hostname
            is_plain = each.lower() in (
                parts.hostname,
                plain,
                f"{parts.hostname}:{parts.port}",
                f"{plain}:{parts.port}",
            )
            if not parts.hostname or not is_plain or parts.port == 0:
                self.problems.append(
                    "RHYTHM_WEBHOOK_HOSTS lists hosts by name, as in "
                    f"'chat.lan,bots.lan:8065'. {each!r} is none."
                )
                continue
            found.append(NamedHost(parts.hostname, parts.port))
        return tuple(found)

    def _import_folder(self) -> Path | None:
        value = self.values.get("RHYTHM_IMPORT_FOLDER", "")
        if value and not Path(value).is_absolute():
            self.problems.append("RHYTHM_IMPORT_FOLDER must be an absolute path.")
        return Path(value) if value else None

    def _metrics_token(self) -> str:
        value = self.values.get("RHYTHM_METRICS_TOKEN", "")
        if value and not (value.isascii() and value.isprintable() and " " not in value):
            self.problems.append("RHYTHM_METRICS_TOKEN must fit into a header.")
        elif value:
            self.refuse_weak("RHYTHM_METRICS_TOKEN", value, MINIMUM_TOKEN_LENGTH)
        return value

    def _base_url(self, production: bool) -> str:
        value = self.values.get("APP_BASE_URL", "").rstrip("/")
        if not value and not production:
            return "http://localhost:8000"
        parts = self.split(value)
        is_plain = value == f"{parts.scheme}://{parts.netloc}" and "@" not in value
        if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
            self.problems.append(
                "APP_BASE_URL must be the address that people type, without a path, "
                "for example https://rhythm.example.com."
            )
        elif production and parts.scheme != "https":
            self.problems.append("APP_BASE_URL must begin with https:// in production.")
        return value

    def _hosts(self, base_url: str) -> tuple[str, ...]:
        host = self.split(base_url).hostname
        hosts = self.several("ALLOWED_HOSTS")
        if any(each.startswith(("*", ".")) for each in hosts):
            self.problems.append(
                "ALLOWED_HOSTS must name each host; '*' and '.zone' are refused."
            )
        return tuple(dict.fromkeys([*([host] if host else []), *hosts]))

    def _database(self) -> SplitResult:
        parts = self.url("DATABASE_URL", ("postgres", "postgresql"))
        if parts.scheme and not parts.path.strip("/"):
            self.problems.append(
                "DATABASE_URL names no database, as in postgresql://me@host/rhythm."
            )
        return parts

    def _demo(self, production: bool) -> bool:
        is_demo = self.flag("RHYTHM_DEMO")
        if is_demo and production:
            self.problems.append(
                "RHYTHM_DEMO lets anybody in as anybody. It is refused in production."
            )
        return is_demo

    def _redis_url(self) -> str:
        self.url("REDIS_URL", ("redis", "rediss", "unix"))
        return self.values.get("REDIS_URL", "")

    def _email(self) -> SplitResult | None:
        if not self.values.get("EMAIL_URL"):
            return None
        parts = self.url("EMAIL_URL", ("smtp", "smtps", "smtp+tls"))
        if not parts.hostname:
            self.problems.append("EMAIL_URL names no host, as in smtp://mail:587.")
        return parts
