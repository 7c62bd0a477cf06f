"""What a browser test asks of every page it opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
STANDARDS = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
# All that a theme changes: both are the same elements, in other colours.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
THEMES = {"light": STANDARDS, "dark": COLOURS}
# Two frames, so that the new colours have arrived everywhere.
SWITCH = """theme => {
    document.documentElement.dataset.bsTheme = theme;
    const frame = () => new Promise(done => requestAnimationFrame(done));
    return frame().then(frame).then(() => Promise.all(
        document.getAnimations().map(each => each.finished.catch(() => 0))));
}"""
SEVERE = ("serious", "critical")


class Watch:
    """Collects what goes wrong in a page while a test uses it."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        where = message.location.get("url", "")
        is_answer = message.text.startswith("Failed to load resource")
        # Refusals are answers (404, 409, 422 ...); a missing style sheet is not.
        if not is_answer or "/static/" in where:
            self.problems.append(f"console: {message.text} ({where})")


def axe_findings(page: Page, only: dict[str, Any]) -> list[str]:
    """Return the serious and critical findings of axe-core, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    # What passed is most of the result, and nobody reads it.
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate(
        "options => axe.run(options).then(it => it.violations)", options
    )
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:200]} {_why(node)}"
        for each in found
        if each["impact"] in SEVERE
        for node in each["nodes"][:5]
    ]


def _why(node: dict[str, Any]) -> str:
    lines = str(node.get("failureSummary", "")).splitlines()
    return " | ".join(line.strip() for line in lines[1:3])


def assert_clean(page: Page, watch: Watch) -> None:
    """Assert no error, no CSP violation, no axe finding, in both themes and widths."""
    problems = list(watch.problems)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for theme, rules in THEMES.items():
            page.evaluate(SWITCH, theme)
            label = f"{size['width']} px {theme}"
            problems += [f"{label}: {each}" for each in axe_findings(page, rules)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            problems.append(f"{size['width']} px: scrolls sideways to {width} px")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert not problems, "\n".join([page.url, *problems])
