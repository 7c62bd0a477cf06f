"""What a check of the installation says, and how well it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

OK, WARN, BAD = "ok", "warn", "bad"
STATES: dict[str, tuple[str, object]] = {
    OK: ("check-circle-fill", gettext_lazy("Fine")),
    WARN: ("exclamation-triangle-fill", gettext_lazy("Look")),
    BAD: ("x-circle-fill", gettext_lazy("Broken")),
}


@dataclass(frozen=True)
class Check:
    """Something that runs: how it is, and what to do if it is not well."""

    key: str
    icon: str
    title: str
    text: str
    state: str = OK
    # What to do; "" where there is nothing.
    advice: str = ""
    url: str = ""
    button: str = ""

    @property
    def state_icon(self) -> str:
        return STATES[self.state][0]

    @property
    def state_text(self) -> str:
        return str(STATES[self.state][1])
