"""Votes on whether a meeting was worth the time."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.runner.models import Run, Vote
from pipeline.runner.selectors.votes import is_open, may_vote
from rhythm.calendar.services.course import locked
from rhythm.people.models import User


@transaction.atomic
def vote(run: Run, score: int, line: str, *, by: User, now: datetime) -> Vote:
    """Keep what `by` says of a held meeting; the last word counts.

    Raises PermissionDenied for somebody who was not in it, ValidationError for a score
    out of range, and when the time for votes is over.
    """
    run = locked(run)
    if not may_vote(run, by):
        raise PermissionDenied
    if not is_open(run, now):
        raise ValidationError(_("The time for votes on this one is over."))
    given = Vote.objects.filter(run=run, voter=by).first() or Vote(run=run, voter=by)
    given.score, given.line, given.voted_at = score, line.strip(), now
    given.clean_fields(exclude=["run", "voter"])
    given.save()
    return given
