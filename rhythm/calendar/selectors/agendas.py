"""Agendas in plain words: the list of them, and what one cadence goes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.calendar.agendas import INSTEAD, PlannedBlock, blocks_for
from rhythm.calendar.models import (
    AgendaBlock,
    AgendaTemplate,
    BlockKind,
    Cadence,
    MeetingKind,
)
from rhythm.people.models import User
from rhythm.web.pages import beyond

PER_PAGE = 50
# Those that are offered first; what is for every team before each team's own.
ORDER = ("is_resting", "under", "name", "pk")
ICONS: dict[str, str] = {
    BlockKind.COMMITMENTS: "check2-square",
    BlockKind.ACCOUNT_STRATEGY: "diagram-3",
    BlockKind.DIFFICULT_CASE: "puzzle",
    BlockKind.ROLE_PLAY: "people",
    BlockKind.SKILL: "mortarboard",
    BlockKind.BEST_PRACTICE: "star",
    BlockKind.BARRIERS: "signpost-split",
    BlockKind.ROUND: "arrow-repeat",
    BlockKind.OTHER: "circle",
}


@dataclass(frozen=True)
class BlockLine:
    """A block in words."""

    title: str
    icon: str
    minutes: str
    how: str


@dataclass(frozen=True)
class AgendaWords:
    """What a meeting goes through, and whether it fits."""

    blocks: Sequence[BlockLine]
    # "40 of 45 min".
    total: str
    # "5 min too long"; "" where it fits.
    too_long: str = ""
    # Where there are no blocks, what there is instead.
    instead: str = ""


@dataclass(frozen=True)
class Use:
    """A cadence that uses an agenda."""

    name: str
    # "30 min".
    minutes: str
    too_long: str


@dataclass(frozen=True)
class AgendaRow:
    """An agenda in the list."""

    pk: int
    version: int
    name: str
    kind: str
    whose: str
    blocks: Sequence[BlockLine]
    total: str
    uses: Sequence[Use]
    is_active: bool
    may_edit: bool


@dataclass(frozen=True)
class AgendaList:
    """A page of the list, those that are offered first.

    `after` is the key to go on from, None at the end.
    """

    rows: list[AgendaRow]
    resting: list[AgendaRow]
    after: int | None


def minutes_words(minutes: int) -> str:
    return _("%(n)d min") % {"n": minutes}


def too_long(total: int, minutes: int) -> str:
    """Return "5 min too long", or "" for an agenda that fits."""
    over = total - minutes
    if over <= 0:
        return ""
    return ngettext("%(n)d min too long", "%(n)d min too long", over) % {"n": over}


def agenda_list(viewer: User, *, after: int | None) -> AgendaList:
    """Return the agendas that the viewer may see. Five queries, six on a later page.

    after is the key of the last agenda on the page before.
    """
    found = _in_order(viewer)
    last = found.filter(pk=after).first() if after else None
    if last:
        found = found.filter(beyond(last, ORDER))
    blocks = Prefetch("blocks", AgendaBlock.objects.order_by("position"))
    page = found.select_related("team").prefetch_related(blocks)[: PER_PAGE + 1]
    is_more, agendas = len(page) > PER_PAGE, list(page)[:PER_PAGE]
    uses = _uses(agendas, viewer)
    editable = set(
        AgendaTemplate.objects.editable_by(viewer)
        .filter(pk__in=[each.pk for each in agendas])
        .values_list("pk", flat=True)
    )
    rows = [_row(each, uses[each.pk], each.pk in editable) for each in agendas]
    return AgendaList(
        [each for each in rows if each.is_active],
        [each for each in rows if not each.is_active],
        agendas[-1].pk if is_more else None,
    )


def _in_order(viewer: User) -> QuerySet[Any]:
    """Return what the viewer may see, with the columns of `ORDER`."""
    seen = AgendaTemplate.objects.visible_to(viewer)
    return seen.with_rank(Q(is_active=False)).order_by(*ORDER)


def _uses(agendas: Iterable[AgendaTemplate], viewer: User) -> dict[int, list[Cadence]]:
    found: dict[int, list[Cadence]] = defaultdict(list)
    cadences = Cadence.objects.visible_to(viewer).active().filter(agenda__in=agendas)
    for each in cadences.order_by("kind", "pk"):
        found[each.agenda_id or 0].append(each)
    return found


def uses_of(agenda: AgendaTemplate, viewer: User, total: int) -> list[Use]:
    """Return the cadences that use it, as far as the viewer sees them. One query."""
    return [_use(each, total) for each in _uses([agenda], viewer)[agenda.pk]]


def _use(cadence: Cadence, total: int) -> Use:
    over = too_long(total, cadence.minutes)
    return Use(str(cadence), minutes_words(cadence.minutes), over)


def _row(agenda: AgendaTemplate, uses: Iterable[Cadence], may_edit: bool) -> AgendaRow:
    blocks = list(agenda.blocks.all())
    total = sum(each.minutes for each in blocks)
    kind = agenda.kind
    return AgendaRow(
        pk=agenda.pk,
        version=agenda.version,
        name=agenda.name,
        kind=str(MeetingKind(kind).label) if kind else _("Any meeting"),
        whose=agenda.team.name if agenda.team else _("Every team"),
        blocks=[_line(each) for each in blocks],
        total=minutes_words(total),
        uses=[_use(each, total) for each in uses],
        is_active=agenda.is_active,
        may_edit=may_edit,
    )


def agenda_words(cadence: Cadence) -> AgendaWords:
    """Return what meetings of a cadence go through. At most one query.

    The cadence need not be saved.
    """
    if cadence.kind in INSTEAD:
        return AgendaWords([], "", instead=str(INSTEAD[cadence.kind]))
    found: Sequence[AgendaBlock | PlannedBlock]
    found = blocks_for(cadence.kind, cadence.minutes)
    if cadence.agenda:
        found = list(cadence.agenda.blocks.order_by("position"))
    total = sum(each.minutes for each in found)
    words = _("%(total)d of %(minutes)d min")
    return AgendaWords(
        blocks=[_line(each) for each in found],
        total=words % {"total": total, "minutes": cadence.minutes},
        too_long=too_long(total, cadence.minutes),
    )


def _line(block: AgendaBlock | PlannedBlock) -> BlockLine:
    minutes = minutes_words(block.minutes)
    return BlockLine(str(block), ICONS[block.kind], minutes, str(block.how))
