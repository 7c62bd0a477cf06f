"""What an installation is set to, typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

PRODUCTION = "production"
LOCAL = "local"


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
