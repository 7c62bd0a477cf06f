"""What stands in every row of deals: written here, since including it takes longer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pipeline.opportunities.selectors.cards import Row
from rhythm.web.addresses import address
from rhythm.web.templatetags.rhythm import icon, status

register = template.Library()


@register.simple_tag
def cell(
    row: Row, field: str, label: object, text: str, *, has_focus: bool = False
) -> str:
    """Return one value of a row: to be edited where it stands, if it may be."""
    if not row.can_edit:
        return text
    if field in row.kept:
        return format_html(
            '<span title="{0}">{1}<span class="visually-hidden"> ({0})</span></span>',
            *(_("Kept in %(crm)s") % {"crm": row.crm}, text),
        )
    return format_html(
        '<a class="bd-cell" href="{}" hx-get="{}?edit=1" hx-target="closest td"'
        ' hx-swap="innerHTML" data-cell{}>'
        '<span class="visually-hidden">{} </span>{}</a>',
        address("opportunities:opportunity_edit", row.id),
        address("opportunities:opportunity_cell", row.id, field),
        " data-focus" if has_focus else "",
        _("%(label)s of %(name)s:") % {"label": label, "name": row.name},
        text,
    )


@register.simple_tag
def gate(missing: int) -> SafeString:
    """Return a chip: how many things the gate of a deal's stage misses."""
    if not missing:
        return status("ok", "unlock", _("Gate met"))
    text = _("%(count)s missing") % {"count": missing}
    return format_html('<span class="rh-st is-mute">{}{}</span>', icon("lock"), text)


@register.simple_tag
def options(choices: Iterable[tuple[Any, ...]], chosen: object) -> SafeString:
    """Return the options of a select. choices begin with a value and its words."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, " selected" if value == chosen else "", words)
            for value, words, *_more in choices
        ),
    )
