"""Single values of the environment: each typed, or a problem that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

WEAK_SECRETS = ("changeme", "change-me", "secret", "insecure", "example", "password")
MINIMUM_SECRET_LENGTH = 50
# Of one that only lets numbers be read.
MINIMUM_TOKEN_LENGTH = 32
MINIMUM_DISTINCT_CHARACTERS = 10


class Values:
    """Collects problems while it reads, so that they are told all at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[str] = []

    def secret(self, name: str, value: str) -> str:
        """Return a value that must be there, and strong enough to sign with."""
        if not value:
            self.problems.append(
                f"{name} is not set. Make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(64))"'
            )
        else:
            self.refuse_weak(name, value, MINIMUM_SECRET_LENGTH)
        return value

    def refuse_weak(self, name: str, value: str, least: int) -> None:
        """Note a problem unless the value has `least` characters that look random."""
        if (
            len(value) < least
            or len(set(value)) < MINIMUM_DISTINCT_CHARACTERS
            or any(word in value.lower() for word in WEAK_SECRETS)
        ):
            self.problems.append(
                f"{name} is too weak: at least {least} random "
                "characters, and no placeholder."
            )

    def url(self, name: str, schemes: tuple[str, ...]) -> SplitResult:
        """Return the parts of an address that begins with one of the schemes."""
        parts = self.split(self.values.get(name, ""))
        if parts.scheme not in schemes:
            shown = " or ".join(f"{each}://…" for each in schemes[:2])
            self.problems.append(f"{name} is not set to {shown}.")
        return parts

    def split(self, value: str) -> SplitResult:
        """Return the parts of an address; none of them if it is no address at all."""
        try:
            parts = urlsplit(value)
            _ = parts.port, parts.hostname  # these are checked when they are read
        except ValueError:
            return urlsplit("")
        return parts

    def several(self, name: str) -> tuple[str, ...]:
        """Return what stands between commas, without what is empty."""
        value = self.values.get(name, "")
        return tuple(each.strip() for each in value.split(",") if each.strip())

    def flag(self, name: str) -> bool:
        """Return whether something is switched on; it is off where nothing is said."""
        value = self.values.get(name, "").lower()
        if value not in ("", "0", "1", "false", "true", "no", "yes"):
            self.problems.append(f"{name} is {value!r}. Use 1 or 0.")
        return value in ("1", "true", "yes")

    def number(self, name: str, *, default: int, least: int = 0) -> int:
        """Return a whole number that is `least` or more."""
        value = self.values.get(name, "")
        if value and not value.isdigit():
            self.problems.append(f"{name} is {value!r}. Use a whole number.")
            return default
        if value and int(value) < least:
            self.problems.append(f"{name} is {value!r}. Use {least} or more.")
        return int(value or default)
