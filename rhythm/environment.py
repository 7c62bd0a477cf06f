"""What the environment says, read once, typed, and refused when it is missing or weak.

Nothing here knows Django. `read()` is the only door: settings never look at
`os.environ` themselves.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent

PRODUCTION = "production"
LOCAL = "local"

WEAK_SECRETS = ("changeme", "change-me", "secret", "insecure", "example", "password")
MINIMUM_SECRET_LENGTH = 50
# Of one that only lets numbers be read.
MINIMUM_TOKEN_LENGTH = 32
MINIMUM_DISTINCT_CHARACTERS = 10


class InvalidEnvironment(SystemExit):
    """Settings that must not be booted with. The text says what to do, line by line.

    It ends the process with that text, and without a traceback, whichever it is.
    """


@dataclass(frozen=True)
class SimulatedClock:
    """A clock for try-outs: it begins at a moment and goes on a step with each tick."""

    begins_at: datetime
    step: timedelta


@dataclass(frozen=True)
class NamedHost:
    """A host that may be sent to wherever it is. `port` None means the usual ones."""

    name: str
    port: int | None


@dataclass(frozen=True)
class Environment:
    """The settings that differ from one installation to the next."""

    profile: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    base_url: str
    hosts: tuple[str, ...]
    database: SplitResult
    redis_url: str
    # None keeps mail in the database, where admins can read it in the app.
    email: SplitResult | None
    email_from: str
    media_root: Path
    # Holds a folder for each source, whose files are brought in. None watches none.
    import_folder: Path | None
    is_demo: bool
    # Django's own admin site. Off unless asked for.
    has_admin_site: bool
    # A statement that takes longer is broken off; 0 waits for ever.
    statement_seconds: int
    # An import whose worker is silent for longer is taken up by another one.
    import_lease_seconds: int
    # A notice whose worker is silent for longer may be out, or is tried again.
    delivery_lease_seconds: int
    # Chat webhooks may go there though it is a private network, or without TLS.
    webhook_hosts: tuple[NamedHost, ...]
    static_root: Path
    # How many proxies in front add X-Forwarded-* headers. 0 trusts none of them.
    proxies: int
    # Seconds between two ticks of the clock by which things happen.
    tick_seconds: int
    # Lets a monitor read /metrics. Empty: there is no such page.
    metrics_token: str
    # Business time runs by it instead of by the real clock; None by the real one.
    simulated_clock: SimulatedClock | None

    @property
    def is_production(self) -> bool:
        return self.profile == PRODUCTION

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def can_have_passkeys(self) -> bool:
        """Whether a browser gives passkeys to this address: not to numbers."""
        host = urlsplit(self.base_url).hostname or ""
        is_number = ":" in host or host.replace(".", "").isdigit()
        return host == "localhost" or (self.is_https and not is_number)


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


class _Reader:
    """Collects problems while it reads, so that they are told all at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[str] = []

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
            secret_key=self._secret("SECRET_KEY", self.values.get("SECRET_KEY", "")),
            secret_key_fallbacks=tuple(
                self._secret("SECRET_KEY_FALLBACKS", each)
                for each in self._list("SECRET_KEY_FALLBACKS")
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
            has_admin_site=self._flag("RHYTHM_ADMIN_SITE"),
            statement_seconds=self._number("RHYTHM_STATEMENT_SECONDS", default=15),
            import_lease_seconds=self._number(
                "RHYTHM_IMPORT_LEASE_SECONDS", default=120, least=1
            ),
            delivery_lease_seconds=self._number(
                "RHYTHM_DELIVERY_LEASE_SECONDS", default=120, least=1
            ),
            webhook_hosts=self._webhook_hosts(),
            static_root=Path(self.values.get("STATIC_ROOT") or BASE_DIR / "var/static"),
            proxies=self._number("RHYTHM_PROXIES", default=0),
            tick_seconds=self._number("RHYTHM_TICK_SECONDS", default=30, least=1),
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
        for each in self._list("RHYTHM_WEBHOOK_HOSTS"):
            parts = self._split(f"//{each}")
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
            self._refuse_weak("RHYTHM_METRICS_TOKEN", value, MINIMUM_TOKEN_LENGTH)
        return value

    def _secret(self, name: str, value: str) -> str:
        if not value:
            self.problems.append(
                f"{name} is not set. Make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(64))"'
            )
        else:
            self._refuse_weak(name, value, MINIMUM_SECRET_LENGTH)
        return value

    def _refuse_weak(self, name: str, value: str, least: int) -> None:
        if (
            len(value) < least
            or len(set(value)) < MINIMUM_DISTINCT_CHARACTERS
            or any(word in value.lower() for word in WEAK_SECRETS)
        ):
            self.problems.append(
                f"{name} is too weak: at least {least} random "
                "characters, and no placeholder."
            )

    def _base_url(self, production: bool) -> str:
        value = self.values.get("APP_BASE_URL", "").rstrip("/")
        if not value and not production:
            return "http://localhost:8000"
        parts = self._split(value)
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
        host = self._split(base_url).hostname
        hosts = self._list("ALLOWED_HOSTS")
        if any(each.startswith(("*", ".")) for each in hosts):
            self.problems.append(
                "ALLOWED_HOSTS must name each host; '*' and '.zone' are refused."
            )
        return tuple(dict.fromkeys([*([host] if host else []), *hosts]))

    def _url(self, name: str, schemes: tuple[str, ...]) -> SplitResult:
        parts = self._split(self.values.get(name, ""))
        if parts.scheme not in schemes:
            shown = " or ".join(f"{each}://…" for each in schemes[:2])
            self.problems.append(f"{name} is not set to {shown}.")
        return parts

    def _database(self) -> SplitResult:
        parts = self._url("DATABASE_URL", ("postgres", "postgresql"))
        if parts.scheme and not parts.path.strip("/"):
            self.problems.append(
                "DATABASE_URL names no database, as in postgresql://me@host/rhythm."
            )
        return parts

    def _demo(self, production: bool) -> bool:
        is_demo = self._flag("RHYTHM_DEMO")
        if is_demo and production:
            self.problems.append(
                "RHYTHM_DEMO lets anybody in as anybody. It is refused in production."
            )
        return is_demo

    def _redis_url(self) -> str:
        self._url("REDIS_URL", ("redis", "rediss", "unix"))
        return self.values.get("REDIS_URL", "")

    def _email(self) -> SplitResult | None:
        if not self.values.get("EMAIL_URL"):
            return None
        parts = self._url("EMAIL_URL", ("smtp", "smtps", "smtp+tls"))
        if not parts.hostname:
            self.problems.append("EMAIL_URL names no host, as in smtp://mail:587.")
        return parts

    def _split(self, value: str) -> SplitResult:
        """Return the parts of an address; none of them if it is no address at all."""
        try:
            parts = urlsplit(value)
            _ = parts.port, parts.hostname  # these are checked when they are read
        except ValueError:
            return urlsplit("")
        return parts

    def _list(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name, "")
        return tuple(each.strip() for each in value.split(",") if each.strip())

    def _flag(self, name: str) -> bool:
        value = self.values.get(name, "").lower()
        if value not in ("", "0", "1", "false", "true", "no", "yes"):
            self.problems.append(f"{name} is {value!r}. Use 1 or 0.")
        return value in ("1", "true", "yes")

    def _number(self, name: str, *, default: int, least: int = 0) -> int:
        value = self.values.get(name, "")
        if value and not value.isdigit():
            self.problems.append(f"{name} is {value!r}. Use a whole number.")
            return default
        if value and int(value) < least:
            self.problems.append(f"{name} is {value!r}. Use {least} or more.")
        return int(value or default)


def database_parts(url: SplitResult) -> dict[str, str]:
    """Return name, user, password, host and port as Django wants them.

    A socket folder comes as `postgresql://user@/name?host=/folder`.
    """
    query = dict(each.split("=", 1) for each in url.query.split("&") if "=" in each)
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(query.get("host", "")) or url.hostname or "",
        "PORT": str(url.port or query.get("port", "")),
    }


def broker(environment: Environment) -> str:
    """Return the broker's address as Celery spells it."""
    return environment.redis_url.replace("unix://", "redis+socket://", 1)


def mailers(environment: Environment) -> dict[str, dict[str, object]]:
    """Return Django's MAILERS: SMTP by EMAIL_URL, or nothing.

    Without EMAIL_URL nothing leaves: notices stay in the database, marked as kept,
    and admins read them in the app.
    """
    url = environment.email
    if url is None:
        return {"default": {"BACKEND": "rhythm.notices.backends.KeptBackend"}}
    implicit = url.scheme == "smtps"
    options = {
        "host": url.hostname,
        "port": url.port or (465 if implicit else 587),
        "username": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "use_ssl": implicit,
        "use_tls": url.scheme == "smtp+tls",
        # Shorter than a notice's lease: a slow send must not look like a dead one.
        "timeout": 30,
    }
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return {"default": {"BACKEND": backend, "OPTIONS": options}}
