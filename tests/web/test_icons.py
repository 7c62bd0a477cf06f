"""Templates and code name only icons that the sprite has."""

import re
from pathlib import Path

from django.conf import settings

from rhythm.web import icons

ROOT = Path(settings.BASE_DIR)
NAMED = re.compile(
    r"""{%\s*(?:icon\s+|(?:chip|status)\s+(?:"[^"]*"|[\w.|]+)\s+)"([\w-]+)\""""
)
INCLUDED = re.compile(
    r"""include\s+"_(?:empty|callout)\.html"[^%]*\bicon="([\w-]+)\""""
)


def test_every_icon_in_a_template_is_in_the_sprite():
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in ROOT.joinpath("templates").rglob("*.html")
        for pattern in (NAMED, INCLUDED)
        for name in pattern.findall(path.read_text())
        if name not in icons.names()
    }
    assert not unknown


def test_the_list_and_the_sprite_agree():
    sprite = (ROOT / "static/icons/sprite.svg").read_text()
    assert set(re.findall(r'<symbol id="([\w-]+)"', sprite)) == icons.names()
