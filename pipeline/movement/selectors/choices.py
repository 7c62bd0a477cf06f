"""Whose pipeline may be chosen: everybody's that one may see, a team's, a person's."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject

from pipeline.movement.selectors.asof import Scope
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Process, Stage
from rhythm.people.models import Team, User
from rhythm.web.formats import NO_BREAK
from rhythm.web.numbers import whole_number


@dataclass(frozen=True)
class Choice:
    """One value of a list of choices. indent is how deep a team stands."""

    value: str
    label: str
    indent: int = 0

    @property
    def shift(self) -> str:
        """What stands before the label of a team below another one."""
        return NO_BREAK * 3 * self.indent


@dataclass(frozen=True)
class Choices:
    """What may be chosen, and what is: all of it checked against what is visible."""

    teams: list[Choice]
    people: list[Choice]
    processes: list[Process]
    # "team-3", "person-5"; empty for everybody whom the viewer may see.
    who: str
    who_label: str
    process: Process | None
    scope: Scope = field(default_factory=Scope)

    @property
    def main_stages(self) -> list[Stage]:
        """The open stages of the main process in order, none without one."""
        known = getattr(self.main_process, "open_stages", [])
        return [Stage(**each) for each in known]

    @property
    def main_process(self) -> Process | None:
        """The process whose stages are shown: the chosen one, or the default."""
        usual = (each for each in self.processes if each.is_default)
        first = next(iter(self.processes), None)
        return self.process or next(usual, first)

    def scope_of(self, process: Process) -> Scope:
        """Return the scope, narrowed to one process."""
        return Scope(self.scope.owners, process.pk)


def choices_of(viewer: User, *, who: str, process: str) -> Choices:
    """Return what the viewer may choose, with `who` and `process` taken if they may be.

    What is named wrongly, or may not be seen, is left out. Three queries.
    """
    teams = Team.objects.visible_to(viewer)
    if not viewer.sees_all:
        teams = teams.led_by(viewer)
    lines = {each.pk: (each.name, list(each.line)) for each in teams.order_by("name")}
    owning = Opportunity.objects.filter(owner=OuterRef("pk"))
    people = list(
        User.objects.visible_to(viewer)
        .with_team()
        .annotate(has_deals=Exists(owning))
        .order_by("name", "pk")
        .values("pk", "name", "team_id", "is_rep", "is_active", "has_deals")
    )
    processes = list(
        Process.objects.visible_to(viewer)
        .annotate(open_stages=_open_stages())
        .order_by("position", "pk")
    )
    wanted = whole_number(process)
    chosen = next((each for each in processes if each.pk == wanted), None)

    kind, _, number = who.partition("-")
    key = whole_number(number)
    by_key = {each["pk"]: each for each in people}
    owners: tuple[int, ...] | None
    if kind == "team" and key in lines:
        label = lines[key][0]
        below = {team for team, (_name, line) in lines.items() if key in line}
        owners = tuple(each["pk"] for each in people if each["team_id"] in below)
    elif kind == "person" and key in by_key:
        label = by_key[key]["name"]
        owners = (key,)
    else:
        who, label = "", ""
        everybody = tuple(by_key)
        owners = None if viewer.sees_all else everybody
    return Choices(
        teams=_tree(lines),
        people=[
            Choice(f"person-{each['pk']}", each["name"])
            for each in people
            if each["has_deals"] or (each["is_rep"] and each["is_active"])
        ],
        processes=processes,
        who=who,
        who_label=label,
        process=chosen,
        scope=Scope(owners, chosen.pk if chosen else None),
    )


def _open_stages() -> ArraySubquery:
    """Return what the funnel needs to know of the open stages, in order."""
    stages = Stage.objects.open().filter(process=OuterRef("pk")).order_by("position")
    return ArraySubquery(
        stages.values(json=JSONObject(pk="pk", name="name", position="position"))
    )


def _tree(lines: dict[int, tuple[str, list[int]]]) -> list[Choice]:
    """Return the teams, each below the one it reports to as far as that is there."""

    def path(team: int) -> tuple[tuple[str, int], ...]:
        above = [each for each in lines[team][1] if each in lines]
        return tuple((lines[each][0], each) for each in above)

    ordered = sorted(lines, key=path)
    return [
        Choice(f"team-{each}", lines[each][0], indent=len(path(each)) - 1)
        for each in ordered
    ]
