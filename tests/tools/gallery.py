"""The page that shows all the pictures: a row for each page and person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>
body { font: 14px system-ui; margin: 2rem; background: #f4f4f5; color: #222; }
nav { columns: 14rem; margin-bottom: 2rem; }
section { margin-bottom: 2.5rem; }
h2 small { font-weight: normal; color: #666; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; margin-bottom: 1rem; }
figure { margin: 0; } figcaption { color: #555; margin-bottom: .25rem; }
img { display: block; height: 18rem; width: auto; max-width: 31vw; object-fit: cover;
      object-position: top left; border: 1px solid #bbb; background: white; }
</style><h1>Every page</h1>
"""


@dataclass(frozen=True)
class Shot:
    """One picture. `file` is relative to the gallery."""

    page: str
    person: str
    look: str
    file: str
    path: str


def gallery(shots: Iterable[Shot], missing: Iterable[str]) -> str:
    """Return the gallery as HTML, by page."""
    pages: dict[str, dict[str, list[Shot]]] = {}
    for each in shots:
        pages.setdefault(each.page, {}).setdefault(each.person, []).append(each)
    parts = [HEAD, "<nav>"]
    parts += [f'<a href="#{escape(page)}">{escape(page)}</a><br>' for page in pages]
    parts.append("</nav>")
    for page, people in pages.items():
        parts.append(f'<section id="{escape(page)}"><h2>{escape(page)}</h2>')
        for person, found in people.items():
            parts.append(f"<h3>{escape(person)} <small>{escape(found[0].path)}</small>")
            parts.append('</h3><div class="row">')
            parts += map(_figure, found)
            parts.append("</div>")
        parts.append("</section>")
    if names := sorted(missing):
        parts.append(f"<p>Not reached in the demo: {escape(', '.join(names))}</p>")
    return "\n".join(parts)


def _figure(shot: Shot) -> str:
    return (
        f"<figure><figcaption>{escape(shot.look)}</figcaption>"
        f'<a href="{shot.file}"><img loading="lazy" src="{shot.file}" '
        f'alt="{escape(shot.page)}, {escape(shot.look)}"></a></figure>'
    )
