"""Template tags that every template may use without loading them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rhythm.web import addresses, formats, icons, toasts
from rhythm.web import markdown as markdown_text

register = template.Library()

BEATS = {"h": "held", "m": "missed", "x": "excused", "p": "planned", "n": "now"}


@register.simple_tag
def icon(name: str, css: str = "", *, label: str = "") -> SafeString:
    """Return a Bootstrap icon. Without a label it is decoration, silent to readers."""
    icons.check(name)
    return _icon(_sprite(staticfiles_storage), name, css, str(label))


@cache
def _sprite(_storage: object) -> str:
    """Return the sprite's address, which stays what it is as long as its storage."""
    return static("icons/sprite.svg")


# A page has dozens, most of them the same. `typed`, since a text that is safe already
# equals the same one that is not.
@lru_cache(maxsize=2000, typed=True)
def _icon(sprite: str, name: str, css: str, label: str) -> SafeString:
    classes = f"bi {css}".strip()
    href = f"{sprite}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            *(classes, label, href),
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href
    )


register.simple_tag(addresses.address, name="address")


@register.simple_tag
def chip(kind: str, icon_name: str, text: str) -> SafeString:
    """Return a chip: icon, text and colour together. kind may be ""."""
    return format_html(
        '<span class="rh-chip{}">{}{}</span>', _is(kind), icon(icon_name), text
    )


@register.simple_tag
def status(kind: str, icon_name: str, text: str) -> SafeString:
    """Return a chip without ground, for rows."""
    return format_html(
        '<span class="rh-st{}">{}{}</span>', _is(kind), icon(icon_name), text
    )


def _is(kind: str) -> str:
    return f" is-{kind}" if kind else ""


@register.simple_tag
def avatar(name: object, css: str = "") -> SafeString:
    """Return the initials of a person in a circle. The name stands beside it."""
    return _avatar(str(name), css)


@lru_cache(maxsize=2000, typed=True)
def _avatar(name: str, css: str) -> SafeString:
    classes = f"rh-av {css}".strip()
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        *(classes, formats.initials(name)),
    )


@register.simple_tag
@lru_cache(maxsize=200, typed=True)
def kbd(key: str) -> SafeString:
    """Return the hint of a key. The control itself carries data-key."""
    return format_html('<kbd class="rh-kbd" aria-hidden="true">{}</kbd>', key)


@register.simple_tag
@cache
def logo() -> SafeString:
    """Return the mark of the product: four beats."""
    return format_html(
        '<svg viewBox="0 0 18 18" aria-hidden="true" fill="currentColor">'
        '<rect x="1" y="7" width="3" height="10" rx="1"/>'
        '<rect x="5.5" y="1" width="3" height="16" rx="1"/>'
        '<rect x="10" y="10" width="3" height="7" rx="1" opacity=".45"/>'
        '<rect x="14.5" y="4" width="3" height="13" rx="1"/>{}</svg>',
        "",
    )


@register.simple_tag
def beats(states: str, label: str) -> SafeString:
    """Return a strip of occurrences, old to new: h(eld) m(issed) x n(ow) p(lanned)."""
    marks = format_html_join("", '<i class="is-{}"></i>', ((BEATS[s],) for s in states))
    return format_html(
        '<span class="rh-beats" role="img" aria-label="{}">{}</span>', label, marks
    )


@register.simple_tag
def pace(
    value: Decimal | float,
    maximum: Decimal | float,
    *,
    kind: str = "",
    mark: Decimal | float | None = None,
    label: str = "",
    css: str = "",
) -> SafeString:
    """Return a bar of `value` against `maximum`.

    mark is where one should be now, in percent of the maximum.
    """
    width = min(100.0, 100 * float(value) / float(maximum)) if maximum else 0.0
    foot = 15 if "rh-pace-l" in css else 11
    line = (
        format_html(
            '<line class="m" x1="{0}%" x2="{0}%" y1="-3" y2="{1}"/>', mark, foot
        )
        if mark is not None
        else ""
    )
    return format_html(
        '<svg class="{}" role="img" aria-label="{}">'
        '<rect class="t" width="100%" height="100%" rx="3"/>'
        '<rect class="f" width="{}%" height="100%" rx="3"/>{}</svg>',
        *(f"rh-pace{_is(kind)} {css}".strip(), label or f"{value} / {maximum}"),
        *(f"{width:.1f}", line),
    )


@register.simple_tag
def chart_scripts() -> SafeString:
    """Return what a page with charts loads: Plotly, its styles and our colours.

    The id and the class of the style sheet tell Plotly not to write one itself.
    """
    return format_html(
        '<link rel="stylesheet" id="plotly.js-style-global" class="no-inline-styles"'
        ' href="{}"><script defer src="{}"></script>'
        '<script type="module" src="{}"></script>',
        *(static("vendor/plotly.css"), static("vendor/plotly.js")),
        static("js/charts.js"),
    )


register.filter("money", formats.money)
register.filter("money_short", formats.money_short)
register.filter("count", formats.count)
register.filter("percent", formats.percent)
register.filter("initials", formats.initials)


def _local(value: Any) -> Any:
    """Return a moment in the reader's time zone; a date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value or None


@register.filter(expects_localtime=True)
def day(value: date | None, today: date | None = None) -> str:
    """Return "Thu 19 Nov". Without `today` it is the reader's."""
    return formats.day(_local(value), today or timezone.localdate())


@register.filter(expects_localtime=True)
def clock(value: datetime | None) -> str:
    """Return "14:52" in the reader's time zone."""
    return formats.clock(_local(value))


@register.filter(expects_localtime=True)
def day_clock(value: datetime | None, today: date | None = None) -> str:
    """Return "Thu 19 Nov, 14:52" in the reader's time zone."""
    return formats.day_clock(_local(value), today or timezone.localdate())


@register.filter(expects_localtime=True)
def relative_day(value: date | None, today: date | None = None) -> str:
    """Return "today", "in 3 days" and so on."""
    return formats.relative_day(_local(value), today or timezone.localdate())


@register.filter
def markdown(text: str | None) -> SafeString:
    """Return markdown as sanitised HTML."""
    return markdown_text.render(text or "")


@register.filter
def undo_url(message: Message) -> str:
    """Return where the Undo of a message goes, or ""."""
    return toasts.undo_of(message)


@register.filter
def toast_level(message: Message) -> str:
    """Return success, warning, error or info."""
    return toasts.level_of(message)
