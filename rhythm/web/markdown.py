"""Markdown that people write, as HTML that can do no harm."""

from __future__ import annotations

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Structure and emphasis. No images, no ids, no classes, no attributes for scripts.
TAGS = {
    *("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "h3", "h4", "h5", "h6", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}

_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False})
_PARSER.enable(["table", "strikethrough"])


def render(text: str) -> SafeString:
    """Return `text` as sanitised HTML in a box that htmx does not read.

    HTML in the text is shown as text. Headings begin at level 3, below the page's own.
    """
    html = _PARSER.render(text)
    for level in (2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 2}>")
        html = html.replace(f"</h{level}>", f"</h{level + 2}>")
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    # nh3 has removed everything but the tags and attributes above.
    return format_html('<div class="rh-md" hx-disable>{}</div>', mark_safe(clean))  # noqa: S308
