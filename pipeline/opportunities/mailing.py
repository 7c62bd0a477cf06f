"""Mails about how we sell, to those whose deals it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.opportunities.models import Opportunity
from pipeline.process.models import ProcessVersion
from pipeline.process.selectors import terms_in_words
from rhythm.notices.services import Draft
from rhythm.people.models import Membership, Team, User

KIND = "process.published"


def published(
    version: ProcessVersion, concerned: Mapping[int, int], *, now: datetime
) -> list[Draft]:
    """Return a mail to each person with an open deal in the process, and who leads one.

    concerned says how many deals of whom miss something more. Who published it knows
    already. Three queries.
    """
    return [
        _draft(version, person, concerned.get(person.pk, 0), now)
        for person in _readers(version)
        if person.pk != version.published_by_id
    ]


def _readers(version: ProcessVersion) -> list[User]:
    deals = Opportunity.objects.open().filter(process=version.process_id)
    owners = set(deals.order_by().values_list("owner", flat=True).distinct())
    members = Membership.objects.present().filter(user__in=owners)
    lines = members.order_by().values_list("team__line", flat=True).distinct()
    teams = {pk for line in lines for pk in line}
    leading = Team.objects.filter(pk__in=teams).order_by().values("manager")
    return list(
        User.objects.active()
        .filter(pk__in=owners)
        .union(User.objects.active().filter(pk__in=leading))
    )


def _draft(version: ProcessVersion, person: User, deals: int, now: datetime) -> Draft:
    values = {"process": version.process.name, "n": version.number}
    parts = [
        _("How we sell has changed: %(process)s, version %(n)d.") % values,
        version.note,
        "\n".join(f"- {each}" for each in version.changes),
        terms_in_words(version, viewer=person, now=now),
    ]
    if deals:
        text = ngettext(
            "%(n)d of your open deals lacks something that is new.",
            "%(n)d of your open deals lack something that is new.",
            deals,
        )
        parts.append(text % {"n": deals})
    parts.append(settings.APP_BASE_URL + version.get_absolute_url())
    return Draft(
        kind=KIND,
        key=f"{KIND}:{version.pk}:{person.pk}",
        recipient=person,
        subject=_("What changed in %(process)s, version %(n)d") % values,
        text="\n\n".join(part for part in parts if part) + "\n",
        url=version.get_absolute_url(),
    )
