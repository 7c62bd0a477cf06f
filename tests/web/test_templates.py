"""Every template: what Django would print instead of running, and what CSP refuses."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.html"))
# Mails are not pages: they have no CSP, and readers of mail know no style sheets.
PAGES = [path for path in TEMPLATES if "mail" not in str(path)]

REFUSED = {
    "inline style": re.compile(r"<[^>]*\sstyle="),
    "style element": re.compile(r"<style"),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "inline script": re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application/json\"))"
    ),
    "javascript address": re.compile(r"javascript:"),
    "evaluated attribute": re.compile(r"hx-on|hx-vals=['\"]js:|hx-vars"),
    "unescaped value": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_it_compiles_and_its_comments_end_on_their_line(path):
    get_template(str(path))
    source = (ROOT / path).read_text()
    for line in source.splitlines():
        assert line.count("{#") == line.count("#}"), f"printed as text: {line}"


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_it_has_nothing_that_the_csp_refuses(path):
    source = (ROOT / path).read_text()
    found = [name for name, pattern in REFUSED.items() if pattern.search(source)]
    assert not found


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_enter_in_a_field_never_presses_what_removes(path):
    """The first button that sends a form is pressed by Enter in any of its fields."""
    source = (ROOT / path).read_text()
    for form in re.findall(r"<form\b.*?</form>", source, re.DOTALL):
        sends = re.findall(r'<button\b(?![^>]*type="button")[^>]*', form)
        if any("formaction=" in each for each in sends):
            before = form.partition("formaction=")[0]
            is_safe = "formaction=" not in sends[0]
            assert is_safe or '{% include "_enter_saves.html" %}' in before
