"""Mails about a new date: to who is asked, and back to who asked."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from rhythm.commitments.models import Commitment, DateRequest, RequestState
from rhythm.notices.services import Draft
from rhythm.people.models import User
from rhythm.web.formats import day


def asked(request: DateRequest, *, today: date) -> Draft:
    """Return the mail that asks the receiver for a new date."""
    commitment = request.commitment
    words = _words(commitment, request, today)
    return _draft(
        commitment,
        commitment.receiver,
        key=f"commitments.date_asked:{request.pk}:{request.new_due_on}",
        subject=_("%(promiser)s asks for a new date: %(what)s") % words,
        text=_(
            "%(promiser)s promised you: %(what)s\n\n"
            "Due so far: %(due)s. New date asked for: %(new)s.\n"
            "Why: %(reason)s\n\n"
            "The date stays until you agree. Agree, or keep the date:"
        )
        % words,
    )


def answered(request: DateRequest, *, today: date) -> Draft:
    """Return the mail that tells the promiser what the receiver answered."""
    commitment = request.commitment
    words = _words(commitment, request, today)
    if request.state == RequestState.ACCEPTED:
        subject = _("New date agreed, %(new)s: %(what)s") % words
    else:
        subject = _("The date stays %(due)s: %(what)s") % words
    return _draft(
        commitment,
        commitment.promiser,
        key=f"commitments.date_answered:{request.pk}",
        subject=subject,
        text=subject,
    )


def _words(commitment: Commitment, request: DateRequest, today: date) -> dict[str, str]:
    return {
        "promiser": commitment.promiser.name,
        "what": commitment.what,
        "due": day(commitment.due_on, today),
        "new": day(request.new_due_on, today),
        "reason": request.reason,
    }


def _draft(
    commitment: Commitment, recipient: User, *, key: str, subject: str, text: str
) -> Draft:
    url = settings.APP_BASE_URL + commitment.get_absolute_url()
    return Draft(
        kind=key.partition(":")[0],
        key=key,
        recipient=recipient,
        subject=subject,
        text=f"{text}\n\n{url}\n",
        url=commitment.get_absolute_url(),
    )
