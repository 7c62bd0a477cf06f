"""The charts of the page: a finding, a figure, and the table that says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.movement.selectors.bars import Counted, Movement
from pipeline.movement.selectors.funnel import DROPPED, REACHED, WAITING, Step
from rhythm.web.charts import Cell, Chart, Row, color, figure
from rhythm.web.formats import NO_BREAK, money, money_short, percent

# Gives the address of the deals of a bar, by the bar's name.
type Link = Callable[[str], str]
ROW_HEIGHT = 34
LEFT_OUT = {"showgrid": False, "showticklabels": False, "zeroline": True}
LABELS = {"autorange": "reversed", "ticksuffix": "  ", "showgrid": False}
OUTSIDE = {"textposition": "outside", "cliponaxis": False, "hoverinfo": "none"}


def deals_text(count: int) -> str:
    """Return "1 deal", "12 deals"."""
    return ngettext("%(count)s deal", "%(count)s deals", count) % {
        "count": f"{count:,}"
    }


def waterfall(movement: Movement, currency: str, link: Link) -> Chart:
    """Return how what was open before became what is open after."""
    shown = [each for each in movement.changes if each.deals or not each.bar.is_rare]
    before, after = shown[0], shown[-1]
    labels = [str(each.bar.label) for each in shown]
    links = [link(each.bar.name) for each in shown]
    texts = [_text(each, currency) for each in shown]
    bars = go.Waterfall(
        orientation="h",
        y=labels,
        x=[float(each.value) for each in shown],
        measure=["absolute", *["relative"] * (len(shown) - 2), "absolute"],
        text=texts,
        textposition="none",
        customdata=links,
        hoverinfo="none",
        increasing={"marker": {"color": color("chart-1")}},
        decreasing={"marker": {"color": color("chart-4")}},
        totals={"marker": {"color": color("chart-2")}},
        connector={"line": {"color": color("line-2"), "width": 1}},
    )
    ends = _ends(shown)
    # Right of each bar: left of one that comes down to little, it would cover a label.
    words = go.Scatter(
        mode="text",
        y=labels,
        x=[float(end) for end in ends],
        text=[f"{NO_BREAK}{each}" for each in texts],
        textposition="middle right",
        cliponaxis=False,
        customdata=links,
        hoverinfo="none",
    )
    most = max(ends, default=Decimal(0))
    finding = _("Open value went from %(before)s to %(after)s.") % {
        "before": money_short(before.value, currency),
        "after": money_short(after.value, currency),
    }
    return Chart(
        key="waterfall",
        title=_("Value"),
        finding=finding,
        figure=figure(
            bars,
            words,
            height=ROW_HEIGHT * len(shown) + 16,
            x={**LEFT_OUT, "range": [0, float(most) * 2 or 1]},
            y=LABELS,
        ),
        heads=[_("What happened"), _("Deals"), _("Value")],
        rows=[_row(each, currency, link) for each in shown],
        note=_(
            "What was open before, plus and minus each change, is what is open after."
            " A deal that grew and was then won stands in both."
        ),
    )


def _ends(shown: Sequence[Counted]) -> list[Decimal]:
    """Return how far to the right each bar of the waterfall reaches."""
    total, ends = Decimal(0), []
    for each in shown[:-1]:
        total += each.value
        ends.append(max(total, total - each.value))
    return [*ends, shown[-1].value]


def moves(movement: Movement, currency: str, link: Link) -> Chart:
    """Return what moved without a change of value: stages and close dates."""
    shown = movement.moves
    back = {"moved_back", "slipped"}
    signed = [-each.value if each.bar.name in back else each.value for each in shown]
    marks = [color("chart-4" if value < 0 else "chart-1") for value in signed]
    trace = go.Bar(
        orientation="h",
        y=[str(each.bar.label) for each in shown],
        x=[float(value) for value in signed],
        text=[_text(each, currency) for each in shown],
        customdata=[link(each.bar.name) for each in shown],
        marker={"color": marks},
        **OUTSIDE,
    )
    ahead, behind, early, late = (each.deals for each in shown)
    most = float(max((abs(value) for value in signed), default=0)) * 2.6 or 1
    return Chart(
        key="moves",
        title=_("Stages and close dates"),
        finding=_(
            "%(ahead)s advanced and %(behind)s moved back;"
            " %(early)s pulled in and %(late)s slipped."
        )
        % {"ahead": ahead, "behind": behind, "early": early, "late": late},
        figure=figure(
            trace,
            height=max(ROW_HEIGHT * len(shown) + 16, 224),
            x={**LEFT_OUT, "range": [-most, most]},
            y=LABELS,
        ),
        heads=[_("What happened"), _("Deals"), _("Value")],
        rows=[_row(each, currency, link) for each in shown],
        note=_("Deals that were open before and are open after; to the left is back."),
    )


def _text(each: Counted, currency: str) -> str:
    return f"{money_short(each.value, currency)} · {each.deals:,}"


def _row(each: Counted, currency: str, link: Link) -> Row:
    label = str(each.bar.label)
    return Row(
        head=label,
        url=link(each.bar.name),
        note=str(each.bar.meaning),
        cells=[Cell(f"{each.deals:,}"), Cell(money(each.value, currency))],
    )


def funnel(steps: Sequence[Step], currency: str, link: Link) -> Chart:
    """Return how far the deals came that began together."""
    trace = go.Funnel(
        y=[each.label for each in steps],
        x=[each.reached for each in steps],
        text=[_share(each) for each in steps],
        customdata=[link(f"{REACHED}-{each.key}") for each in steps],
        textinfo="text",
        textposition="inside" if steps[-1].reached * 4 > steps[0].reached else "auto",
        hoverinfo="none",
        marker={"color": color("chart-1")},
        connector={"fillcolor": color("fill"), "line": {"width": 0}},
    )
    first, last = steps[0], steps[-1]
    return Chart(
        key="funnel",
        title=_("Funnel"),
        finding=_("%(deals)s began; %(won)s of them were won (%(share)s).")
        % {
            "deals": deals_text(first.reached),
            "won": last.reached,
            "share": percent(last.from_first),
        },
        figure=figure(
            trace,
            height=max(44 * len(steps) + 16, 224),
            y={"ticksuffix": "  ", "showgrid": False},
            x=LEFT_OUT,
        ),
        heads=[
            *(_("Stage"), _("Reached"), _("Of those before"), _("Of all")),
            *(_("Still there"), _("Dropped off"), _("Value")),
        ],
        rows=[_step_row(each, currency, link) for each in steps],
        note=_(
            "Deals that began in the chosen time, by the furthest stage that each came"
            " to; a stage that was skipped counts as passed. Dropped off: lost or"
            " walked away from, and never further."
        ),
    )


def _share(step: Step) -> str:
    if step.from_previous is None:
        return f"{step.reached:,}"
    return f"{step.reached:,} · {percent(step.from_previous)}"


def _step_row(step: Step, currency: str, link: Link) -> Row:
    def part(what: str, count: int, words: str) -> Cell:
        if not count:
            return Cell("0")
        label = f"{step.label}, {words}: {count}"
        return Cell(f"{count:,}", link(f"{what}-{step.key}"), label)

    return Row(
        head=step.label,
        url=link(f"{REACHED}-{step.key}"),
        cells=[
            Cell(f"{step.reached:,}"),
            Cell(percent(step.from_previous)),
            Cell(percent(step.from_first)),
            part(WAITING, step.waiting, _("still there")),
            part(DROPPED, step.dropped, _("dropped off")),
            Cell(money_short(step.value, currency)),
        ],
    )
