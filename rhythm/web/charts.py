"""Charts: figures made on the server, drawn by Plotly in the browser.

A page shows one with `{% include "_chart.html" %}` and loads the scripts with
`{% chart_scripts %}`. Colours are names of our tokens, `color("accent")`, which
`static/js/charts.js` fills in, so that a chart follows the theme. No HTML tags in
texts: Plotly would make inline styles of them, which the CSP refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go


def color(token: str) -> str:
    """Return the name of one of our colours, such as "chart-1", for a figure."""
    return f"var(--rh-{token})"


AXIS = {
    "tickfont": {"size": 12, "color": color("ink-3")},
    "gridcolor": color("chart-grid"),
    "zerolinecolor": color("line-2"),
    "linecolor": color("line-2"),
    "fixedrange": True,
    "automargin": True,
}
LAYOUT = {
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "font": {"size": 12, "color": color("ink-2")},
    "showlegend": False,
    "dragmode": False,
    "bargap": 0.34,
    "hoverlabel": {
        "bgcolor": color("ink"),
        "bordercolor": color("ink"),
        "font": {"color": color("surface"), "size": 12},
    },
}


@dataclass(frozen=True)
class Cell:
    """One cell of a chart's table. url "" is plain text."""

    text: str
    url: str = ""
    # What a screen reader hears for the link, where the text alone says too little.
    label: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a chart's table: its name, and its figures."""

    head: str
    cells: Sequence[Cell]
    # A line below the name.
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words, and the table that says the same."""

    key: str
    title: str
    # The finding, not the axes.
    finding: str
    figure: Mapping[str, Any]
    heads: Sequence[str]
    rows: Sequence[Row]
    # Below the chart: how it is counted.
    note: str = ""

    @property
    def data(self) -> str:
        """The figure as JSON. In an attribute: htmx takes script elements away."""
        return json.dumps(self.figure, separators=(",", ":"))


def figure(
    *traces: Any,
    height: int = 280,
    x: Mapping[str, Any] | None = None,
    y: Mapping[str, Any] | None = None,
    **layout: Any,
) -> dict[str, Any]:
    """Return a figure of Plotly traces as plain JSON values, in our look.

    x and y change the axes. `customdata` of a trace may hold one address for each
    point: a click goes there.
    """
    made = go.Figure(
        data=list(traces),
        layout={
            **LAYOUT,
            "height": height,
            "xaxis": {**AXIS, **(x or {})},
            "yaxis": {**AXIS, **(y or {})},
            **layout,
        },
    )
    plain: dict[str, Any] = made.to_dict()
    # Plotly's own look: 6 KB that ours replaces.
    plain["layout"].pop("template", None)
    return plain
