"""`bin/shots`: every page as each of the cast, wide and narrow, light and dark."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rhythm.host import commands
from rhythm.host.folders import ROOT
from tests.tools.gallery import Shot, gallery
from tests.tools.ground import ground

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from rhythm.people.models import User
    from tests.tools.crawl import Place

OUT = ROOT / "var" / "shots"
PICTURES = ROOT / "docs" / "pictures"
SIGNED_OUT = "nobody"
CAST = ("rita", "lena", "vera", "max", "ada")
# Of the deals of the review, this one has most to show.
STORY = "Thornbury"


def main() -> int:
    options = parse()
    # Playwright's event loop runs in this thread; Django would take it for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with ground("shots", is_demo=True) as site:
        say("Making the demo ...")
        site.run(*commands.SEED)
        run_a_review()
        from playwright.sync_api import sync_playwright

        from tests.conftest import find_chromium

        with site.web() as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(), args=["--no-sandbox"]
            )
            if options.pictures:
                take_pictures(browser, url)
            else:
                take_all(browser, url, options)
            browser.close()
    return 0


def take_all(browser: Browser, url: str, options: argparse.Namespace) -> None:
    """Take every picture that was asked for, and write the gallery."""
    from tests.browser.pages import PAGES

    names = sorted({each.name for each in PAGES})
    shots: list[Shot] = []
    for key in [options.person] if options.person else [SIGNED_OUT, *CAST]:
        person = member(key)
        places = places_of(person, names, options.only)
        say(f"{key}: {len(places)} pages")
        page = signed_in(browser, url, person)
        for number, place in enumerate(places, 1):
            say(f"  {number}/{len(places)} {place.name}")
            shots += shoot(page, place, key)
        page.context.close()
    reached = {each.page.split("?")[0] for each in shots}
    missing = [] if options.only or options.person else set(names) - reached
    shots.sort(key=lambda each: each.page)
    (OUT / "index.html").write_text(gallery(shots, missing))
    say(f"{len(shots)} pictures: {OUT / 'index.html'}")
    if missing:
        say(f"Not reached in the demo: {', '.join(sorted(missing))}")


def places_of(person: User | None, names: list[str], only: str) -> list[Place]:
    from tests.tools.crawl import Crawl

    start = "/" if person else "/accounts/login/"
    found = Crawl(person).walk(start, names)
    return [each for each in found if only in each.name]


def shoot(page: Page, place: Place, person: str) -> Iterator[Shot]:
    """Take the four pictures of one page."""
    from tests.browser.harness import PHONE, SWITCH, THEMES, WIDE

    page.set_viewport_size(WIDE)
    page.goto(place.path)
    page.wait_for_load_state("networkidle")
    folder = OUT / place.slug
    folder.mkdir(parents=True, exist_ok=True)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for theme in THEMES:
            page.evaluate(SWITCH, theme)
            file = folder / f"{person}-{size['width']}-{theme}.jpg"
            page.screenshot(path=file, full_page=True, type="jpeg", quality=75)
            look = f"{size['width']} px, {theme}"
            yield Shot(place.name, person, look, str(file.relative_to(OUT)), place.path)


def take_pictures(browser: Browser, url: str) -> None:
    """Refresh the pictures of the README."""
    from django.urls import reverse

    from tests.browser.harness import PHONE, WIDE

    page = signed_in(browser, url, member("lena"))
    review = reverse("reviews:review_detail", args=[running_review().pk])
    board = reverse("opportunities:board")
    wanted: list[tuple[str, str, Any, str]] = [
        ("review-light", review, WIDE, "light"),
        ("review-dark", review, WIDE, "dark"),
        ("review-phone", review, PHONE, "light"),
        ("board", board, WIDE, "light"),
    ]
    of_others: list[tuple[str, str, Any, str]] = [
        ("vera", "kept", WIDE, "discipline:kept"),
        ("rita", "week-phone", PHONE, "homes:week"),
    ]
    for picture in wanted:
        take_picture(page, *picture)
    page.context.close()
    for key, name, size, at in of_others:
        page = signed_in(browser, url, member(key))
        take_picture(page, name, reverse(at), size, "light")
        page.context.close()


def take_picture(page: Page, name: str, path: str, size: Any, theme: str) -> None:
    """Refresh one picture of the README."""
    from tests.browser.harness import SWITCH

    page.set_viewport_size(size)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate(SWITCH, theme)
    page.screenshot(path=PICTURES / f"{name}.png")
    say(f"{PICTURES / name}.png")


def signed_in(browser: Browser, url: str, person: User | None) -> Page:
    """Return a page in a browser of its own, signed in as `person`."""
    from django.conf import settings
    from django.test import Client

    context = browser.new_context(base_url=url, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    if person:
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": url}])
    return context.new_page()


def member(key: str) -> User | None:
    from rhythm.people.models import User

    if key == SIGNED_OUT:
        return None
    return User.objects.get(email=f"{key}@demo.example")


def run_a_review() -> None:
    """Have Lena review her team: two deals decided, one on the table."""
    from django.utils import timezone

    from pipeline.reviews import services
    from pipeline.reviews.models import Decision, ReviewItem
    from pipeline.reviews.selectors.proposal import propose_for
    from rhythm.people.models import Team

    lena, now = member("lena"), timezone.now()
    assert lena is not None
    team = Team.objects.get(manager=lena)
    begun = now - timedelta(minutes=16)
    proposed = propose_for(
        team, viewer=lena, minutes=45, ticked=None, added=(), now=begun
    )
    review = services.plan(
        team,
        chair=lena,
        starts_at=begun,
        minutes=45,
        talk=[each.pk for each in proposed.talk],
        exceptions=[each.pk for each in proposed.exceptions],
        now=begun,
    )
    services.begin(review, by=lena, now=begun)
    items = ReviewItem.objects.filter(review=review).select_related("opportunity")
    items = items.order_by("position")
    story = (
        items.filter(opportunity__account__name__startswith=STORY).first() or items[2]
    )
    for item in items.exclude(pk=story.pk)[:2]:
        services.decide(item, Decision.KEEP, by=lena, now=now)
    services.go_to(review, story.pk, by=lena, now=now)


def running_review() -> Any:
    from pipeline.reviews.models import Review

    return Review.objects.filter(meeting__chair=member("lena")).latest("pk")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/shots",
        description="Take pictures of every page of the demo, in var/shots/.",
    )
    parser.add_argument(
        "--only", default="", metavar="NAME", help="pages whose name contains this"
    )
    parser.add_argument("--person", choices=[SIGNED_OUT, *CAST], help="only as one")
    parser.add_argument(
        "--pictures", action="store_true", help="refresh those of the README, no others"
    )
    return parser.parse_args()


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
