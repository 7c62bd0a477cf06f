"""The product broken on purpose, in one place at a time: each break is found.

Asked are people who have no business there: a rep and a manager of another branch, the
former leader, the executive, who reads and does not write, and a colleague.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from pipeline.accounts.models import AccountPlanQuerySet
from pipeline.activities.models import ActivityQuerySet
from pipeline.comments.models import CommentQuerySet
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from rhythm.calendar.models import OwnNoteQuerySet, TimedQuerySet, timed
from rhythm.commitments.models import CommitmentQuerySet
from rhythm.people.models.user import UserQuerySet
from tests.leaks.canaries import OURS
from tests.leaks.matrix import CELLS, Asker

pytestmark = pytest.mark.django_db

STRANGERS = ("otto", "omar", "max", "pia", "eva")
DOORS = ("visible_or_404", "editable_or_403")
# Which URLs show it when a rule of a model is gone.
VISIBLE = {
    UserQuerySet: "people",
    OpportunityQuerySet: "opportunities",
    ActivityQuerySet: "activities",
    AccountPlanQuerySet: "accounts",
    CommentQuerySet: "comments",
    CommitmentQuerySet: "commitments",
    TimedQuerySet: "reviews",
    OwnNoteQuerySet: "reviews",
}
EDITABLE = {
    UserQuerySet: "people",
    OpportunityQuerySet: "opportunities",
    ActivityQuerySet: "activities",
    AccountPlanQuerySet: "accounts",
}
# Whose rows ask a helper that stands further left than its views.
HELPS = {"rhythm.calendar.views.seats": "reviews"}
# Doors that, left out, let nobody in, and why.
OPEN_TO_ALL = "names, stages and processes are open to everybody signed in"
SECOND = "the same record has come through a door just before"
OWN = "it is looked for in the own inbox alone, whoever may see it"
FOR_ADMINS = "another door before it lets only admins through"
ASKED_AGAIN = "the service asks again under its lock, and the answer shows nothing"
FOR_THE_CHAIR = "only the chair comes so far, and the service asks again"
SCOPED = "what stands there is asked for again in the name of whoever looks"
DOUBLE = {
    "pipeline.meetings.views.calendar.calendar": SCOPED,
    "scorecards.discipline.views.kept_meetings": SCOPED,
    "rhythm.notices.views.inbox._own": OWN,
    "rhythm.notices.views.channels.channel_renew": ASKED_AGAIN,
    "rhythm.notices.views.channels.channel_forget": ASKED_AGAIN,
    "rhythm.notices.views.channels.channel_switch": ASKED_AGAIN,
    "pipeline.runner.views.blocks.block_case": ASKED_AGAIN,
    "pipeline.runner.views.shared.take_seat": "only open rooms are looked for there",
    "rhythm.calendar.views.away.leave_remove": ASKED_AGAIN,
    "rhythm.calendar.views.away.deputy_remove": ASKED_AGAIN,
    "rhythm.calendar.views.agendas.agenda_switch": ASKED_AGAIN,
    "rhythm.calendar.views.teams.team_cadences": OPEN_TO_ALL,
    "rhythm.calendar.views.teams._both": ASKED_AGAIN,
    "rhythm.calendar.views.working.working_team": OPEN_TO_ALL,
    "rhythm.calendar.views.working.working_above": ASKED_AGAIN,
    "rhythm.calendar.views.working.day_off_add": ASKED_AGAIN,
    "rhythm.calendar.views.working.day_off_remove": ASKED_AGAIN,
    "rhythm.people.views.teams.team_detail": OPEN_TO_ALL,
    "rhythm.commitments.views.actions._row": SECOND,
    "pipeline.process.views.pages.process_detail": OPEN_TO_ALL,
    "pipeline.process.views.versions.version_list": OPEN_TO_ALL,
    "pipeline.process.views.versions.version_detail": OPEN_TO_ALL,
    "pipeline.process.views.versions.version_compare": OPEN_TO_ALL,
    "pipeline.opportunities.views.board.board_cards": OPEN_TO_ALL,
    "pipeline.opportunities.views.directory.account_detail": OPEN_TO_ALL,
    "pipeline.opportunities.views.moves._conflict": SECOND,
    "pipeline.opportunities.views.parts.milestone_record": OPEN_TO_ALL,
    "pipeline.opportunities.views.parts.person_remove": OPEN_TO_ALL,
    "pipeline.opportunities.views.saved_views.view_update": ASKED_AGAIN,
    "pipeline.opportunities.views.saved_views.view_remove": ASKED_AGAIN,
    "pipeline.opportunities.views.saved_views.view_default": ASKED_AGAIN,
    "pipeline.activities.views.lists.account_activities": OPEN_TO_ALL,
    "pipeline.activities.views.log._conflict": SECOND,
    "pipeline.comments.views.writing._refused": SECOND,
    "pipeline.comments.views.writing.comment_remove": ASKED_AGAIN,
    "pipeline.comments.views.writing.put_back": ASKED_AGAIN,
    "pipeline.comments.views.writing.close": ASKED_AGAIN,
    "pipeline.comments.views.writing.reopen": ASKED_AGAIN,
    "pipeline.accounts.views.plans.plan_create": OPEN_TO_ALL,
    "pipeline.accounts.views.parts.field_cell": OPEN_TO_ALL,
    "pipeline.accounts.views.course.review_add": "nothing is asked for there",
    "pipeline.accounts.views.answers.plan_context": SECOND,
    "pipeline.reviews.views.edits.review_milestone": OPEN_TO_ALL,
    "pipeline.reviews.views.edits._editable_deal": FOR_THE_CHAIR,
    "pipeline.reviews.views.talk._commitment_of": FOR_THE_CHAIR,
    # The table's request names no deal that could be added.
    "pipeline.reviews.views.course.review_add": "nothing is asked for there",
    "pipeline.imports.views.detail._act": FOR_ADMINS,
    "pipeline.imports.views.setup._page": FOR_ADMINS,
    "scorecards.strategy.views.priorities_edit": OPEN_TO_ALL,
}


def view_modules() -> Iterator[ModuleType]:
    """Yield the modules of our apps that answer requests."""
    for app in apps.get_app_configs():
        if not app.name.startswith(OURS):
            continue
        assert app.module is not None
        for found in pkgutil.walk_packages(app.module.__path__, f"{app.name}."):
            if ".views" in found.name:
                yield importlib.import_module(found.name)


def doors() -> Iterator[tuple[ModuleType, str, str]]:
    """Yield each function of a view that goes through a door, and which."""
    for module in view_modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(node, ast.FunctionDef):
                continue
            named = {each.id for each in node.decorator_list if hasattr(each, "id")}
            if "admin_required" in named:
                continue
            called = {
                each.func.id
                for each in ast.walk(node)
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
            }
            for door in sorted(called & set(DOORS)):
                yield module, node.name, door


PLACES = {
    f"{module.__name__}.{function}": (module, function, door)
    for module, function, door in doors()
}


def find(asker: Asker, is_wanted: Callable[[Any, str], bool]) -> str | None:
    """Return the first thing that is wrong, of the cells that are wanted."""
    for row, relation in CELLS:
        if relation in ("rita", "otto") and is_wanted(row, relation):
            with transaction.atomic():
                problem = next(asker.problems(row, relation, STRANGERS), None)
                transaction.set_rollback(True)
            if problem:
                return problem
    return None


def is_of(namespace: str) -> Callable[[Any, str], bool]:
    return lambda row, relation: row.name.startswith(f"{namespace}:")


@pytest.mark.parametrize("queryset", VISIBLE, ids=lambda each: each.__name__)
def test_a_model_that_everybody_sees_is_found(
    asker: Asker, queryset: type[QuerySet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queryset, "visible_to", lambda self, viewer: self)

    assert find(asker, is_of(VISIBLE[queryset]))


def test_a_rule_of_meetings_that_is_gone_is_found(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A meeting is shown as its review, which asks its rule."""
    everything = Q(pk__isnull=False)
    monkeypatch.setattr(timed, "seen_by", lambda viewer, meeting="": everything)

    assert find(asker, is_of("reviews"))


@pytest.mark.parametrize("queryset", EDITABLE, ids=lambda each: each.__name__)
def test_a_model_that_everybody_changes_is_found(
    asker: Asker, queryset: type[QuerySet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queryset, "editable_by", lambda self, editor: self)
    asks = is_of(EDITABLE[queryset])

    assert find(asker, lambda row, of: row.method == "post" and asks(row, of))


@pytest.mark.parametrize("place", [each for each in PLACES if each not in DOUBLE])
def test_a_view_that_fetches_without_asking_is_found(
    asker: Asker, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, function, door = PLACES[place]
    real = getattr(module, door)

    def open_door(objects: Any, person: Any, **lookup: Any) -> Any:
        if sys._getframe(1).f_code.co_name != function:
            return real(objects, person, **lookup)
        found = objects if isinstance(objects, QuerySet) else objects.get_queryset()
        return get_object_or_404(found, **lookup)

    monkeypatch.setattr(module, door, open_door)

    assert find(asker, shows(module, function))


def shows(module: ModuleType, function: str) -> Callable[[Any, str], bool]:
    """Return which rows ask this view; for a helper, the views that call it."""
    app = HELPS.get(module.__name__, module.__name__.split(".")[1])
    wanted = {f"{app}:{name}" for name in asking(module, function)}
    asked = wanted & {row.name for row, _relation in CELLS}
    return (lambda row, relation: row.name in asked) if asked else is_of(app)


def asking(module: ModuleType, function: str) -> set[str]:
    """Return the function's name and those that call it, over any steps.

    One that begins with an underscore is called in its module alone.
    """
    calls: dict[str, set[str]] = {}
    for each in view_modules():
        if each is not module and function.startswith("_"):
            continue
        for node in ast.parse(inspect.getsource(each)).body:
            if isinstance(node, ast.FunctionDef):
                named = {it.id for it in ast.walk(node) if isinstance(it, ast.Name)}
                calls.setdefault(node.name, set()).update(named)
    found, before = {function}, set[str]()
    while found != before:
        before = set(found)
        found |= {name for name, named in calls.items() if named & before}
    return found


def test_there_are_enough_places_to_break() -> None:
    kept = set(PLACES) - set(DOUBLE)

    assert len(kept) + len(VISIBLE) + len(EDITABLE) >= 30
    assert not set(DOUBLE) - set(PLACES)
