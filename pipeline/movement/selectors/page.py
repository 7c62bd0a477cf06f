"""Everything that the address of the page asks for, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from pipeline.movement.days import Span, presets, span_between
from pipeline.movement.selectors.choices import Choices, choices_of
from rhythm.people.models import User
from rhythm.web.formats import day

USUAL = "week"
COHORTS = {"90": 90, "365": 365}
USUAL_COHORT = "365"


@dataclass(frozen=True)
class Question:
    """What is asked: whose deals, over which days, and which began when."""

    choices: Choices
    span: Span
    # The preset's name; empty where the days were picked.
    when: str
    # "span", "90" or "365": in which time the deals of the funnel began.
    cohort: str
    today: date
    currency: str

    @property
    def began(self) -> Span:
        """The days in which the deals of the funnel began."""
        if self.cohort not in COHORTS:
            return self.span
        back = timedelta(days=COHORTS[self.cohort] - 1)
        return Span(self.span.last - back, self.span.last)

    def address(self, **more: str) -> str:
        """Return the question as the rest of an address, with its days spelt out.

        So a link that is kept shows the same days tomorrow.
        """
        parts = {
            "first": self.span.first.isoformat(),
            "last": self.span.last.isoformat(),
            "who": self.choices.who,
            "process": self.choices.process.pk if self.choices.process else "",
            "cohort": "" if self.cohort == USUAL_COHORT else self.cohort,
            **more,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def words(self) -> str:
        """Return the days and whose they are, in words."""
        who = self.choices.who_label or _("Everybody you see")
        first, last = day(self.span.first, self.today), day(self.span.last, self.today)
        days = first if self.span.days == 1 else f"{first} – {last}"
        process = self.choices.process
        return " · ".join(filter(None, (who, process.name if process else "", days)))


def question_of(viewer: User, values: Mapping[str, Any], *, now: datetime) -> Question:
    """Return what an address asks for. What it names wrongly is left out.

    Days are those on the viewer's wall. Three queries.
    """
    today = viewer.today(now)
    organisation = viewer.organisation
    usual = presets(today, organisation.fiscal_year_month)
    when = str(values.get("when", ""))
    picked = span_between(_day(values.get("first")), _day(values.get("last")), today)
    if when in usual:
        span = usual[when]
    elif picked:
        when, span = "", picked
    else:
        when, span = USUAL, usual[USUAL]
    cohort = str(values.get("cohort", ""))
    return Question(
        choices=choices_of(
            viewer,
            who=str(values.get("who", "")),
            process=str(values.get("process", "")),
        ),
        span=span,
        when=when,
        cohort=cohort if cohort in (*COHORTS, "span") else USUAL_COHORT,
        today=today,
        currency=organisation.currency,
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def preset_names() -> dict[str, str]:
    """Return the usual spans in words."""
    return {
        "week": _("Since Monday"),
        "7": _("7 days"),
        "28": _("28 days"),
        "month": _("This month"),
        "quarter": _("This quarter"),
    }


def cohort_names() -> dict[str, str]:
    """Return in which time the deals of the funnel may have begun, in words."""
    return {
        "365": _("Began in the last 12 months"),
        "90": _("Began in the last 90 days"),
        "span": _("Began in these days"),
    }
