"""Rita promised Lena something."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from rhythm.commitments.models import DateRequest
from tests.access import World, row
from tests.factories.meetings import CommitmentFactory


def promise(world: World) -> list[Any]:
    return [CommitmentFactory(promiser=world.rita, receiver=world.lena).pk]


def kept_today(world: World) -> list[Any]:
    today = world.rita.today(timezone.now())
    kept = CommitmentFactory(
        promiser=world.rita, receiver=world.lena, state="kept", kept_on=today
    )
    return [kept.pk]


def asked(world: World) -> list[Any]:
    [pk] = promise(world)
    now = timezone.now()
    request = DateRequest.objects.create(
        commitment_id=pk, new_due_on=now.date() + timedelta(days=9), asked_at=now
    )
    return [pk, request.pk]


def later(world: World) -> dict[str, Any]:
    day = timezone.now().date() + timedelta(days=20)
    return {"new_due_on": day.isoformat(), "reason": "They are ill"}


ROWS = [
    row("commitments:commitment_list", everybody=200),
    row("commitments:commitment_summary", everybody=200),
    row("commitments:commitment_create", everybody=200),
    row("commitments:commitment_create", "post", everybody=422),
    row("commitments:commitment_detail", args=promise, everybody=200, peer=404),
    row(
        "commitments:keep",
        "post",
        args=promise,
        data={"version": 1},
        everybody=403,
        owner=302,
        peer=404,
    ),
    row(
        "commitments:undo_keep",
        "post",
        args=kept_today,
        everybody=403,
        owner=302,
        peer=404,
    ),
    row("commitments:new_date", args=promise, everybody=403, owner=200, peer=404),
    row(
        "commitments:new_date",
        "post",
        args=promise,
        data=later,
        everybody=403,
        owner=302,
        peer=404,
    ),
    row(
        "commitments:answer",
        "post",
        args=asked,
        data={"accept": "1"},
        everybody=403,
        lead=302,
        peer=404,
    ),
    row(
        "commitments:drop",
        args=promise,
        everybody=403,
        lead=200,
        above=200,
        peer=404,
    ),
    row(
        "commitments:drop",
        "post",
        args=promise,
        data={"reason": "The deal is lost", "version": 1},
        everybody=403,
        lead=302,
        above=302,
        peer=404,
    ),
]
