"""Is the system set up and healthy? Answered from what is really there."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.imports.models import ImportRun, ImportState
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from pipeline.reviews.models import Review
from rhythm.calendar.models import Cadence
from rhythm.notices.models import Notice, NoticeState
from rhythm.people.models import Organisation, Team, User
from rhythm.people.models.organisation import UNNAMED
from rhythm.ticks.selectors import beat


@dataclass(frozen=True)
class Step:
    """Something to set up: what is there already, and where to go on."""

    icon: str
    title: str
    text: str
    is_done: bool
    url: str
    button: str
    # Opens over the page.
    is_sheet: bool = False


@dataclass(frozen=True)
class Health:
    """Something that runs: how it is, and where to look."""

    kind: str
    icon: str
    title: str
    text: str
    url: str
    button: str


# So many imports stand on the page; all are on their own.
LAST_IMPORTS = 3
IMPORT_KINDS: dict[str, str] = {ImportState.FAILED: "bad", ImportState.DONE: "ok"}


@dataclass(frozen=True)
class Setup:
    """Who and what is there."""

    # Active people, and how many of them have no sign-in.
    people: int
    unable: int
    # The last ones, the latest first.
    imports: list[ImportRun]


def setup() -> Setup:
    """Return what steps and health both tell of. Two queries."""
    people = User.objects.active().aggregate(
        people=Count("pk"), unable=Count("pk", filter=Q(email=None))
    )
    latest = ImportRun.objects.order_by("-pk")[:LAST_IMPORTS]
    return Setup(**people, imports=list(latest))


def steps(organisation: Organisation, there: Setup) -> list[Step]:
    """Return the way to the first review, in order. Five queries."""
    people = there.people
    nobody = Q(manager=None) | Q(manager__is_active=False)
    led = Team.objects.aggregate(all=Count("pk"), unled=Count("pk", filter=nobody))
    teams, unled = led["all"], led["unled"]
    how = Stage.objects.aggregate(
        stages=Count("pk"), processes=Count("process", distinct=True)
    )
    processes, stages = how["processes"], how["stages"]
    deals = Opportunity.objects.open().count()
    reviews = Review.objects.finished().count()
    cadences = Cadence.objects.active().count()
    return [
        Step(
            "building",
            _("Company"),
            f"{organisation.name} · {organisation.currency} · {organisation.time_zone}",
            organisation.name != UNNAMED,
            reverse("homes:organisation_edit"),
            _("Change"),
            is_sheet=True,
        ),
        Step(
            "signpost-split",
            _("Process"),
            _both(
                ngettext("%d process", "%d processes", processes) % processes,
                ngettext("%d stage", "%d stages", stages) % stages,
            ),
            stages > 0,
            reverse("process:process_list"),
            _("Open"),
        ),
        Step(
            "diagram-3",
            _("Teams"),
            _both(
                ngettext("%d team", "%d teams", teams) % teams,
                ngettext("%d without a manager", "%d without a manager", unled) % unled
                if unled
                else "",
            ),
            teams > 0 and not unled,
            reverse("people:team_list"),
            _("Open"),
        ),
        Step(
            "people",
            _("People"),
            ngettext("%d person", "%d people", people) % people,
            people > 1,
            reverse("homes:person_invite"),
            _("Invite"),
        ),
        Step(
            "upload",
            _("Deals from your CRM"),
            _both(
                ngettext("%d open deal", "%d open deals", deals) % deals,
                _last_import(there.imports),
            ),
            deals > 0,
            reverse("imports:import_list"),
            _("Bring in a file"),
        ),
        Step(
            "calendar-week",
            _("One cadence"),
            ngettext("%d rule calls meetings", "%d rules call meetings", cadences)
            % cadences,
            cadences > 0,
            reverse("calendar:rhythm_list")
            if not cadences
            else reverse("calendar:cadence_list"),
            _("Open") if cadences else _("Start a rhythm"),
        ),
        Step(
            "play-btn",
            _("The first pipeline review"),
            ngettext("%d held so far", "%d held so far", reviews) % reviews,
            reviews > 0,
            reverse("reviews:review_list"),
            _("Reviews"),
        ),
    ]


def health(there: Setup) -> list[Health]:
    """Return how what runs is: the clock, mail, the last imports, who cannot sign in.

    Two queries.
    """
    return [_clock(), _mail(), *_imports(there.imports), *_unable(there.unable)]


def _clock() -> Health:
    silent = beat().is_silent
    text = _("It does not tick.") if silent else _("It ticks.")
    kind, url = "bad" if silent else "ok", reverse("homes:health")
    return Health(kind, "clock", _("Clock"), text, url, _("Health"))


def _mail() -> Health:
    stuck = Count("pk", Q(state__in=(NoticeState.FAILED, NoticeState.UNKNOWN)))
    held = Count("pk", Q(state=NoticeState.HELD))
    counts = Notice.objects.besides_missed_tests().aggregate(stuck=stuck, held=held)
    url, outbox = reverse("notices:notice_list"), _("Outbox")
    if counts["held"]:
        text = _("Mail from before the restore is held until you decide.")
        mail = Health("warn", "pause", _("Mail"), text, url, outbox)
    elif not settings.HAS_MAIL_SERVER:
        text = _("Mail is kept here, and links are copied by hand. Set EMAIL_URL.")
        mail = Health(
            "warn", "envelope-exclamation", _("No mail server"), text, url, outbox
        )
    elif stuck := counts["stuck"]:
        text = ngettext("%d mail needs a look", "%d mails need a look", stuck) % stuck
        url += "?state=failed"
        mail = Health("bad", "envelope-exclamation", _("Mail"), text, url, outbox)
    else:
        mail = Health("ok", "envelope", _("Mail"), _("Nothing failed."), url, outbox)
    return mail


def _imports(latest: list[ImportRun]) -> list[Health]:
    """Return how the last imports went."""
    return [
        Health(
            IMPORT_KINDS.get(run.state, ""),
            "x-circle" if run.state == ImportState.FAILED else "upload",
            _("Import %(number)d") % {"number": run.pk},
            _both(str(run.get_state_display()), run.source),
            reverse("imports:import_detail", args=[run.pk]),
            _("Open"),
        )
        for run in latest
    ]


def _unable(count: int) -> list[Health]:
    """Return how many active people have no sign-in, if there are any."""
    if not count:
        return []
    text = ngettext(
        "%d person came by an import, without an e-mail",
        "%d people came by an import, without an e-mail",
        count,
    )
    url = reverse("people:person_list") + "?state=unable"
    return [Health("", "person-x", _("No sign-in"), text % count, url, _("People"))]


def _last_import(latest: list[ImportRun]) -> str:
    if not latest:
        return ""
    state = latest[0].get_state_display().lower()
    return _("last import: %(state)s") % {"state": state}


def _both(*texts: str) -> str:
    return " · ".join(filter(None, texts))
