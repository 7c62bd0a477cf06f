"""The chart of what was open night by night, and the table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
from django.utils.translation import gettext as _

from pipeline.movement.selectors.trend import Night
from rhythm.web.charts import Cell, Chart, Row, color, figure
from rhythm.web.formats import day, money, money_short

# In the table; the chart has them all.
NIGHTS_TOLD = 14
MOST_TICKS = 6


def trend(nights: Sequence[Night], currency: str, today: date) -> Chart:
    """Return what was open night by night. Needs at least one."""
    days = [each.day.isoformat() for each in nights]
    lines = [
        go.Scatter(
            mode="lines",
            x=days,
            y=[float(value) for value in values],
            text=[
                f"{day(n.day, today)}: {money(v, currency)}"
                for n, v in zip(nights, values, strict=True)
            ],
            hoverinfo="text",
            line={"color": color(token), "width": 2, "dash": dash},
        )
        for values, token, dash in (
            ([each.value for each in nights], "chart-1", "solid"),
            ([each.weighted for each in nights], "ink-2", "dot"),
        )
    ]
    first, last = nights[0], nights[-1]
    most = max(each.value for each in nights)
    named = [
        {
            "x": days[-1], "y": float(value), "text": text, "showarrow": False,
            "xanchor": "right", "yanchor": "bottom", "yshift": 4,
            "font": {"size": 12, "color": color(token)},
        }
        for value, text, token in (
            (last.value, _("open"), "chart-1"),
            (last.weighted, _("weighted"), "ink-2"),
        )
    ]  # fmt: skip
    return Chart(
        key="trend",
        title=_("Night by night"),
        finding=_("Open value was %(first)s on %(from)s and %(last)s on %(to)s.")
        % {
            "first": money_short(first.value, currency),
            "from": day(first.day, today),
            "last": money_short(last.value, currency),
            "to": day(last.day, today),
        },
        figure=figure(
            *lines,
            x={"showgrid": False, "nticks": 4, "tickangle": 0, "type": "date"},
            y={"rangemode": "tozero", **_ticks(most, currency)},
            annotations=named,
        ),
        heads=[_("Night of"), _("Deals"), _("Open value"), _("Weighted")],
        rows=[
            Row(
                head=day(each.day, today),
                cells=[
                    Cell(f"{each.deals:,}"),
                    Cell(money(each.value, currency)),
                    Cell(money(each.weighted, currency)),
                ],
            )
            for each in _told(nights)
        ],
        note=_(
            "From the nightly summaries; each deal stands with whoever owned it that"
            " night. Weighted: the amount times the stage's probability."
        ),
    )


def _told(nights: Sequence[Night]) -> list[Night]:
    """Return evenly spread nights, the latest first and always there."""
    step = -(-len(nights) // NIGHTS_TOLD)
    return list(nights[::-1][::step])


def _ticks(most: Decimal, currency: str) -> dict[str, list[Any]]:
    """Return round values up to `most` for an axis, and how they are written."""
    most = max(most, Decimal(1))
    step = Decimal(10) ** most.adjusted()
    while most / step < MOST_TICKS / 2:
        step /= 2
    values = [step * place for place in range(MOST_TICKS + 2) if step * place <= most]
    return {
        "tickvals": [float(each) for each in values],
        "ticktext": [money_short(each, currency) for each in values],
    }
