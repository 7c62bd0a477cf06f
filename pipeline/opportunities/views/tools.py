"""What stands above the table: what narrows it, columns, groups, totals."""

from __future__ import annotations

from typing import Any

from pipeline.opportunities.selectors.filters import Filters
from pipeline.opportunities.selectors.named import Chip, chips_of
from pipeline.opportunities.selectors.questions import (
    COLUMNS,
    GROUPS,
    Question,
    question_from,
)
from pipeline.opportunities.selectors.saved_views import Views
from rhythm.people.models import User

# What the form of filters has fields for; the rest of a question goes along hidden.
FIELDS = ("q", "rep", "flag", "closes", "state", "group")


def tools_of(
    viewer: User, question: Question, views: Views, in_form: set[int]
) -> dict[str, Any]:
    """Return what the toolbar's template needs. in_form: the people in the filter."""
    values = question.values()
    if question.view:
        values["view"] = str(question.view)
    kept = {name: value for name, value in values.items() if name not in FIELDS}
    chips = chips_of(viewer, question, was=views.was or {}, in_form=in_form)
    return {
        "question": question,
        "views": views,
        "asked": question.address(),
        "values": values,
        "kept": kept,
        "chips": chips,
        "other_rep": _rep_in(chips),
        "group_names": GROUPS,
        "column_names": COLUMNS,
        "all_but_columns": {k: v for k, v in values.items() if k != "columns"},
    }


def other_rep(viewer: User, filters: Filters, in_form: set[int]) -> Chip | None:
    """Return the rep whom the form of filters would not offer; None if it does.

    It says so beside them, or the next change of another filter would lose the rep. A
    query only where there is one.
    """
    asked = question_from({"rep": filters.rep})
    return _rep_in(chips_of(viewer, asked, was={}, in_form=in_form))


def _rep_in(chips: list[Chip]) -> Chip | None:
    return next((each for each in chips if each.name == "rep"), None)
