"""Changes that need many apps: joining, and leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.accounts import services as plans
from pipeline.opportunities import services as opportunities
from rhythm.calendar import services as calendar
from rhythm.commitments import services as commitments
from rhythm.notices.models import DeliveryClass
from rhythm.notices.services import Draft, post
from rhythm.people import services as people
from rhythm.people.models import AuditKind, Organisation, Team, User
from rhythm.people.tokens import fingerprint
from scorecards.homes.selectors import leaving


@dataclass(frozen=True)
class Heirs:
    """Who takes over what. None only where there is nothing."""

    deals: User | None
    plans: User | None
    commitments: User | None
    meetings: User | None


@transaction.atomic
def bring_in(
    values: dict[str, Any],
    *,
    team: Team | None,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> tuple[User, str]:
    """Make a person and return it with the one-time link, "" without an e-mail.

    The same submission_key again changes nothing and returns the same.

    Raises ValidationError if a value is refused.
    """
    person = people.create_person(
        values,
        team=team,
        today=by.today(now),
        by=by,
        submission_key=submission_key,
    )
    if not person.email:
        return person, ""
    link = send_invitation(person, by=by, now=now, submission_key=submission_key)
    return person, link


@transaction.atomic
def send_invitation(
    person: User, *, by: User, now: datetime, submission_key: UUID | None = None
) -> str:
    """Return a new one-time link, which also goes to the person by mail.

    The same submission_key again returns the same link, "" once it works no more.

    Raises ValidationError if the person has no e-mail or is deactivated.
    """
    link = people.invite(person, by=by, now=now, submission_key=submission_key)
    if not link:
        return ""
    words = {
        "name": person.name,
        "by": by.name,
        "organisation": Organisation.current().name,
        "link": link,
    }
    draft = Draft(
        kind="people.invitation",
        key=f"people.invitation:{fingerprint(link)}",
        recipient=person,
        subject=_("%(by)s invites you to Rhythm at %(organisation)s") % words,
        text=_(
            "Hello %(name)s,\n\n%(by)s invites you to Rhythm, where %(organisation)s "
            "runs its pipeline reviews. Choose your password here:\n\n%(link)s\n\n"
            "The link works once, for 14 days."
        )
        % words,
        delivery_class=DeliveryClass.AT_LEAST_ONCE,
    )
    post([draft], now=now)
    return link


@transaction.atomic
def reset_second_factor(person: User, *, by: User | None, now: datetime) -> None:
    """Take the person's second factor away, and tell it by mail.

    by None means whoever runs the server.

    Raises ValidationError for oneself, and if there is none.
    """
    people.reset_second_factor(person, by=by)
    words = {"name": person.name, "by": by.name if by else _("whoever runs the server")}
    text = _(
        "Hello %(name)s,\n\n%(by)s reset your second factor at Rhythm and signed you "
        "out everywhere. Sign in with your password, then set up a new one on your "
        "profile. If you did not ask for this, tell an admin at once."
    )
    draft = Draft(
        kind="people.second_factor_reset",
        key=f"people.second_factor_reset:{person.pk}:{now.isoformat()}",
        recipient=person,
        subject=_("Your second factor was reset"),
        text=text % words,
        delivery_class=DeliveryClass.AT_LEAST_ONCE,
    )
    post([draft], now=now)


@transaction.atomic
def recover_admin(person: User, *, now: datetime) -> str:
    """Give the server's own way back in: return a one-time link that makes an admin.

    The person becomes an active admin, loses the second factor and every sign-in, and
    chooses a new password by the link. All admins are told.

    Raises ValidationError if the person has no e-mail.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    person.is_admin = person.is_active = True
    person.version += 1
    person.save(update_fields=["is_admin", "is_active", "version"])
    if people.has_any_factor(person):
        people.reset_second_factor(person, by=None)
    link = people.invite(person, by=None, now=now)
    people.devices.end_all(person)
    people.audit.record(AuditKind.ADMIN_RECOVERED, by=None, about=person)
    words = {"name": person.name, "email": person.email}
    text = _(
        "Whoever runs the server gave %(name)s (%(email)s) a way back in as an admin: "
        "a new password, and no second factor. If nobody asked for that, look at who "
        "may use the server."
    )
    admins = User.objects.able_to_sign_in().filter(is_admin=True)
    post(
        [
            Draft(
                kind="people.admin_recovered",
                key=f"people.admin_recovered:{person.pk}:{now.isoformat()}:{admin.pk}",
                recipient=admin,
                subject=_("%(name)s was let back in from the server") % words,
                text=text % words,
                delivery_class=DeliveryClass.AT_LEAST_ONCE,
            )
            for admin in admins
        ],
        now=now,
    )
    return link


@transaction.atomic
def let_go(person: User, heirs: Heirs, *, by: User, now: datetime) -> User:
    """Deactivate a person and hand over what is open: all of it, or nothing happens.

    Raises ValidationError if something has no heir, or the person may not go.
    """
    # First the person: from here on nothing new can come to it by sign-in.
    person = people.deactivate(person, by=by, now=now)
    held = leaving.in_hand(person)
    chosen = (
        ("deals", held.deals, heirs.deals),
        ("plans", held.plans, heirs.plans),
        ("commitments", held.commitments, heirs.commitments),
        ("meetings", held.meetings, heirs.meetings),
    )
    missing = {
        field: _("Choose who takes over.")
        for field, count, heir in chosen
        if count and not heir
    }
    if missing:
        raise ValidationError(missing)
    if heirs.deals:
        opportunities.hand_over(person, heirs.deals, by=by)
    if heirs.plans:
        plans.hand_over(person, heirs.plans)
    if heirs.commitments:
        commitments.hand_over(person, heirs.commitments, by=by)
    if heirs.meetings:
        calendar.hand_over_all(person, heirs.meetings)
    told = [f"{count} {field} → {heir}" for field, count, heir in chosen if heir]
    if told:
        people.audit.record(
            AuditKind.HANDED_OVER, by=by, about=person, text="; ".join(told)
        )
    return person
