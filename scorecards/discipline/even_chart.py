"""The chart of evenness: what leaders did in each week, and who at the end."""

from __future__ import annotations

import plotly.graph_objects as go
from django.utils.translation import gettext as _

from rhythm.web.charts import Cell, Chart, Row, color, figure
from rhythm.web.formats import count, dated, percent
from scorecards.discipline.selectors.evenness import (
    COACHING,
    EDITS,
    LAST,
    MEETINGS,
    WEEKS,
    WHAT,
    Acts,
    Evenness,
)

# Two colours, as in every chart: the third kind is hatched. Plum is for customers.
COLOURS = {MEETINGS: "chart-1", COACHING: "chart-2", EDITS: "chart-1"}
HATCHED = {EDITS: "/"}


def chart(found: Evenness) -> Chart:
    """Return what leaders did week by week, beside each leader's share at the end."""
    names, numbers = _names(), list(range(1, WEEKS + 1))
    bars = [
        go.Bar(
            x=numbers,
            hovertext=[dated(each, "j M") for each in found.weeks],
            y=list(found.whole.weeks[what]),
            name=names[what],
            marker={
                "color": color(COLOURS[what]),
                "pattern": {"shape": HATCHED.get(what, ""), "size": 5},
            },
        )
        for what in WHAT
    ]
    return Chart(
        key="kept-even",
        title=_("Evenness"),
        finding=_finding(found),
        figure=figure(
            *bars,
            barmode="group",
            bargap=0.2,
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            x={"tickvals": numbers, "tickangle": 0, "title": {"text": _("Week")}},
            y={"rangemode": "tozero", "nticks": 5, "tickformat": ",d"},
        ),
        heads=(_("Leader"), *names.values(), _("In the last three weeks")),
        rows=[_row(acts, found) for acts in found.leaders],
        note=_(
            "Meetings when they were held. Coaching is 1:1s, decisions to coach, and "
            "what leaders write on a deal of somebody else. Deal changes are those of "
            "leaders on deals of somebody else."
        ),
    )


def _names() -> dict[str, str]:
    return {
        MEETINGS: _("Meetings"),
        COACHING: _("Coaching"),
        EDITS: _("Deal changes"),
    }


def _row(acts: Acts, found: Evenness) -> Row:
    too_late = _("more than %(limit)s at the end") % {"limit": _limit(found)}
    numbers = [Cell(count(acts.count(what))) for what in WHAT]
    share = acts.late_share() if found.begun > WEEKS - LAST else None
    cells = [*numbers, Cell(percent(share))]
    return Row(acts.name, cells, note=too_late if found.is_late(acts) else "")


def _finding(found: Evenness) -> str:
    """Return how much fell in the last three weeks, of each kind of act."""
    share = found.whole.late_share()
    if share is None:
        return _("Nothing was done in this quarter yet.")
    if found.begun <= WEEKS - LAST:
        told = _("Week %(week)d of %(weeks)d: the last three are still ahead")
        return told % {"week": found.begun, "weeks": WEEKS}
    told = _(
        "%(share)s of all this in the last three weeks; evenly it would be %(fair)s"
    ) % {
        "share": percent(share),
        "fair": percent(LAST / WEEKS),
    }
    late = [acts.name for acts in found.leaders if found.is_late(acts)]
    if not late:
        return told
    shown = ", ".join(late[:3]) + (" …" if len(late) > 3 else "")
    over = _("more than %(limit)s: %(names)s") % {
        "limit": _limit(found),
        "names": shown,
    }
    return f"{told}; {over}"


def _limit(found: Evenness) -> str:
    return percent(found.limit / 100)
