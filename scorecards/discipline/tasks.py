"""Discipline by the clock: each leader's week, on Friday afternoon."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from rhythm.notices.hints import hint
from rhythm.notices.services import post
from rhythm.people.models import User
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins, time_of
from scorecards.discipline import mailing, telling

# Mails that are made at one look; the next one has the others.
AT_ONCE = 500


def tick(begun: Tick) -> None:
    """Have the week told where Friday afternoon has come: to leaders, and in chat."""
    if not begins(begun, telling.EVERY):
        return
    for pk in mailing.to_tell(begun.at)[:AT_ONCE]:
        hint(tell_week, pk, begun.pk)
    with transaction.atomic():
        telling.tell_channels(now=begun.at)


@shared_task
def tell_week(user_id: int, tick_id: int | None = None) -> None:
    """Post one leader's week. Safe to run twice: its key is posted once."""
    now = time_of(tick_id)
    leader = User.objects.able_to_sign_in().filter(pk=user_id).first()
    draft = mailing.draft(leader, now=now) if leader else None
    if draft is not None:
        with transaction.atomic():
            post([draft], now=now)
