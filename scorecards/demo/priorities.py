"""What counts now at the demo, by two of its leaders."""

from __future__ import annotations

from scorecards.demo.days import Days
from scorecards.demo.organisation import Company
from scorecards.strategy.services import set_priorities

# By team: who says it, how many days ago, for how long (None: until changed), and what.
SAID: tuple[tuple[str, str, int, int | None, tuple[str, ...]], ...] = (
    (
        "Sales",
        "vera",
        21,
        38,
        (
            "No deal above 100,000 without the customer's own words on the outcome",
            "Renewals of this quarter before anything new",
        ),
    ),
    (
        "Central",
        "lena",
        3,
        None,
        (
            "Call every customer whose plan we wait for",
            "A dated next step on each deal before Friday",
            "One visit with a colleague from service",
        ),
    ),
)


def say(company: Company, days: Days) -> None:
    """Have the leaders say their top three."""
    for name, leader, ago, holds, lines in SAID:
        set_priorities(
            company.teams[name],
            lines,
            until=days.ahead(holds),
            by=company.people[leader],
            now=days.ago(ago),
            shown_version=0,
        )
