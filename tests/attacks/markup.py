"""Finds in a page what came out of a text and became markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import override

from tests.attacks.payloads import MARK

# Addresses that run something, or lead elsewhere without saying so.
BAD_ADDRESSES = ("javascript:", "data:", "vbscript:", "//")
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster"}
DATA = "application/json"


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.code = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        where = self.get_starttag_text() or tag
        values = {name: value or "" for name, value in attrs}
        for name, value in values.items():
            if self._is_bad(name, value):
                self.found.append(where[:200])
        is_code = tag in ("script", "style") and values.get("type") != DATA
        self.code = tag if is_code else ""

    def _is_bad(self, name: str, value: str) -> bool:
        if MARK in name or name.startswith("on"):
            return True
        if name.removeprefix("data-").startswith("hx-") and MARK in value:
            # In an address that htmx asks, as a value of its query.
            is_quoted = value.startswith("/") and "<" not in value
            return not is_quoted
        plain = "".join(value.split()).lower()
        return name in ADDRESSES and plain.startswith(BAD_ADDRESSES) and MARK in plain

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == self.code:
            self.code = ""

    @override
    def handle_data(self, data: str) -> None:
        if self.code and MARK in data:
            self.found.append(f"in <{self.code}>: {data[:200]}")
        if f"14 {MARK}" in data:
            self.found.append("a template ran")


def injected(page: str) -> list[str]:
    """Return what of the page is markup and came from a payload."""
    finder = _Finder()
    finder.feed(page)
    finder.close()
    return finder.found
