"""The charts of the page: a finding, a figure, and the table that says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.web.charts import Chart, color, figure
from rhythm.web.formats import NO_BREAK, dated, percent
from scorecards.discipline.selectors.kept import Kept, Leader, Tally

# Gives the address of a leader's meetings of a week.
type Link = Callable[[int, date], str]
ROW_HEIGHT = 34
# From such shares on a week is fine, or on the way.
FINE, SO_SO = 0.9, 0.6
# As the cells of tables look.
GROUNDS = {
    "ok": color("ok-soft"),
    "warn": color("warn-soft"),
    "bad": color("bad-soft"),
    "": color("fill"),
}
INKS = {
    "ok": color("ok"),
    "warn": color("warn"),
    "bad": color("bad"),
    "": color("ink-3"),
}


def tone(tally: Tally) -> str:
    """Return ok, warn or bad by the share that was held; "" where nothing was due."""
    share = tally.share
    if share is None:
        return ""
    if share >= FINE and not tally.late:
        return "ok"
    return "warn" if share >= SO_SO else "bad"


def words(tally: Tally) -> str:
    """Return "2 held, 1 late, 1 missed, 1 skipped" without what is not there."""
    parts = (
        (tally.held, _("%d held")),
        (tally.late, _("%d held late")),
        (tally.missed, _("%d missed")),
        (tally.skipped, _("%d skipped")),
    )
    told = [text % count for count, text in parts if count]
    if tally.outside:
        told.append(_("%d of them outside") % tally.outside)
    return ", ".join(told) or _("nothing was due")


def short(tally: Tally) -> str:
    """Return "2/3": held of those due. "–" where nothing was due."""
    return f"{tally.held + tally.late}/{tally.due}" if tally.due else "–"


def heat_map(kept: Kept, link: Link) -> Chart:
    """Return leaders by weeks: the more of it was held, the calmer the colour."""
    # By number: two people may have the same name.
    rows = list(range(len(kept.leaders)))
    bars = [
        go.Bar(
            orientation="h",
            y=rows,
            x=[1] * len(rows),
            marker={
                "color": [GROUNDS[tone(each.weeks[week])] for each in kept.leaders],
                "line": {"color": color("surface"), "width": 2},
            },
            text=[short(each.weeks[week]) for each in kept.leaders],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": [INKS[tone(each.weeks[week])] for each in kept.leaders]},
            hovertext=[
                f"{each.name}, {dated(monday, 'j M')}: {words(each.weeks[week])}"
                for each in kept.leaders
            ],
            hoverinfo="text",
            customdata=[link(each.pk, monday) for each in kept.leaders],
        )
        for week, monday in enumerate(kept.mondays)
    ]
    drawn = figure(
        *bars,
        height=60 + ROW_HEIGHT * len(rows),
        barmode="stack",
        bargap=0.08,
        x={
            "tickvals": [week + 0.5 for week in range(len(kept.mondays))],
            "ticktext": [dated(monday, "j M") for monday in kept.mondays],
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "side": "top",
            "range": [0, len(kept.mondays)],
        },
        y={
            "autorange": "reversed",
            "tickvals": rows,
            "ticktext": [_label(each) for each in kept.leaders],
            "ticksuffix": "  ",
            "showgrid": False,
            "zeroline": False,
        },
    )
    return Chart(
        key="kept-map",
        title=_("Leaders by week"),
        finding=_finding(kept),
        figure=drawn,
        heads=(),
        rows=(),
        note=_(
            "Each cell says how many were held of those due in the week. Green: nine "
            "of ten or more, none late. Yellow: some late, or up to four of ten "
            "missed. Red: more."
        ),
    )


def _label(leader: Leader) -> str:
    return 2 * NO_BREAK * leader.depth + leader.name


def _finding(kept: Kept) -> str:
    whole = kept.whole
    if whole.share is None:
        return _("Nothing was due in these weeks.")
    told = ngettext(
        "%(share)s of %(due)d meeting was held",
        "%(share)s of %(due)d meetings held",
        whole.due,
    )
    return told % {"share": percent(whole.share), "due": whole.due}


@dataclass(frozen=True)
class HeatCell:
    """A cell of the table that says the same as the map."""

    text: str
    tone: str
    url: str
    label: str


@dataclass(frozen=True)
class HeatRow:
    """A leader in that table."""

    name: str
    team: str
    indent: int
    share: str
    cells: Sequence[HeatCell]


def table(kept: Kept, link: Link) -> list[HeatRow]:
    """Return the map as a table, for whoever reads rather than looks."""
    return [
        HeatRow(
            name=leader.name,
            team=leader.team,
            indent=leader.depth,
            share=percent(leader.whole.share),
            cells=[
                HeatCell(
                    text=short(week),
                    tone=tone(week),
                    url=link(leader.pk, monday) if week.due or week.skipped else "",
                    label=f"{leader.name}, {dated(monday, 'j M')}: {words(week)}",
                )
                for monday, week in zip(kept.mondays, leader.weeks, strict=True)
            ],
        )
        for leader in kept.leaders
    ]
