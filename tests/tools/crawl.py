"""Which pages a person can come to: by following links, and by knowing addresses."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from rhythm.people.models import User

# Views of one page that are worth a picture each.
VIEWS = ("view", "tab", "state", "by", "decision")
# So many records of one kind are looked into for links.
LOOKED_INTO = 2
HTML = "text/html"
# Signing out on the way would end the way.
NEVER = ("account_logout", "people:demo_sign_in")


@dataclass(frozen=True)
class Place:
    """A page as one person comes to it. `name` is its view, and what it shows."""

    name: str
    path: str

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


class Links(HTMLParser):
    """Collects where a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


@dataclass
class Crawl:
    """A walk through the product as one person, or signed out."""

    person: User | None
    places: dict[str, Place] = field(default_factory=dict)
    # Arguments of addresses that exist, by the app that they belong to.
    seen: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = Client(SERVER_NAME="localhost")
        if self.person:
            self.client.force_login(self.person)

    def walk(self, start: str, names: Iterable[str]) -> list[Place]:
        """Return every page that links lead to, and those of `names` that there are."""
        ways, known = deque([start]), {start}
        while ways:
            path = ways.popleft()
            for link in self.visit(path):
                if link not in known:
                    known.add(link)
                    ways.append(link)
        for name in names:
            if not any(each.split("?")[0] == name for each in self.places):
                self.guess(name)
        return sorted(self.places.values(), key=lambda each: each.name)

    def visit(self, path: str) -> Iterator[str]:
        """Take down the page at `path`, if it is one; yield the links on it."""
        place = place_of(path)
        if place is None:
            return
        match = resolve(urlsplit(path).path)
        arguments = self.seen.setdefault(match.app_name, [])
        same = [each for each in arguments if each["name"] == match.view_name]
        if place.name in self.places and len(same) >= LOOKED_INTO:
            return
        answer = self.client.get(path)
        is_page = answer.headers.get("Content-Type", "").startswith(HTML)
        if answer.status_code in (301, 302):
            yield answer.headers["Location"]
        if answer.status_code != 200 or not is_page:
            return
        arguments.append({"name": match.view_name, **match.kwargs})
        self.places.setdefault(place.name, place)
        links = Links()
        links.feed(answer.content.decode())
        for link in links.found:
            yield urljoin(path, link).partition("#")[0]

    def guess(self, name: str) -> None:
        """Try a page that no link led to with the records that were seen nearby."""
        for known in self.seen.get(name.rpartition(":")[0], [])[:30]:
            values = {key: value for key, value in known.items() if key != "name"}
            try:
                path = reverse(name, kwargs=values)
            except NoReverseMatch:
                continue
            for _ in self.visit(path):
                pass
            if name in self.places:
                return


def place_of(path: str) -> Place | None:
    """Return the page that is at `path`, or None if it is none of ours."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc:
        return None
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    if name in NEVER:
        return None
    shown = parse_qs(parts.query)
    query = "&".join(f"{key}={shown[key][0]}" for key in VIEWS if key in shown)
    return Place(f"{name}?{query}" if query else name, path)
