"""What the cast keeps at hand: views of the table, and an account entered twice."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.opportunities import services
from pipeline.opportunities.flags import NO_NEXT_STEP
from pipeline.opportunities.selectors.questions import question_from
from scorecards.demo.organisation import Company


@dataclass(frozen=True)
class Kept:
    """A view that somebody has saved, and the team that it is shared with."""

    name: str
    by: str
    asks: dict[str, str]
    team: str = ""


VIEWS = (
    Kept(
        "Closes this month", "lena", {"closes": "month", "sort": "-amount"}, "Central"
    ),
    Kept("Won, by quarter", "lena", {"state": "won", "group": "quarter"}),
    Kept("No next step", "rita", {"flag": NO_NEXT_STEP}),
)


@dataclass(frozen=True)
class Twice:
    """An account that somebody entered again, under nearly the same name."""

    name: str
    industry: str
    contacts: tuple[tuple[str, str], ...] = field(default=())


AGAIN = Twice("Kelso Paper Ltd", "Paper", (("Moira Kerr", "Plant engineer"),))


def fill(company: Company) -> None:
    """Save the views and enter the account, through the services."""
    for each in VIEWS:
        services.save_view(
            question_from(each.asks),
            name=each.name,
            share=f"team-{company.teams[each.team].pk}" if each.team else "",
            by=company.people[each.by],
        )
    account = services.create_account({"name": AGAIN.name, "industry": AGAIN.industry})
    for name, title in AGAIN.contacts:
        services.create_contact({"name": name, "title": title, "account": account})
