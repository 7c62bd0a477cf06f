"""Imports that nobody has to click: they go on until a person has to say something."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from pipeline.imports import services
from pipeline.imports.models import ImportRun, ImportState
from pipeline.imports.selectors.results import results
from rhythm.notices.services import Draft, post

# A file that lacks more of the open deals than this is hardly a full export.
MOST_GONE_SHARE = 0.2


def go_on(run: ImportRun, now: datetime) -> bool:
    """Take the next step, or tell whoever set it up why it waits.

    Returns whether there is more for a worker to do.
    """
    if run.state == ImportState.DRAFT:
        if not run.answers.get("recalled"):
            return _wait(run, now, _("Files of this shape were never brought in."))
        try:
            services.start_check(run)
        except ValidationError as error:
            return _wait(run, now, " ".join(error.messages))
        return True
    if run.state == ImportState.CHECKED:
        if why := _doubts(run):
            return _wait(run, now, why)
        services.start_run(run)
        return True
    if run.state == ImportState.FAILED:
        return _wait(run, now, run.error)
    return False


def _doubts(run: ImportRun) -> str:
    """Return what a person should look at before the rows come in; "" if nothing."""
    found = results(run)
    if found.conflicts:
        return _("%(rows)s rows are in conflict.") % {"rows": found.conflicts}
    if found.refused:
        return _("%(rows)s rows are refused.") % {"rows": found.refused}
    if found.gone > MOST_GONE_SHARE * max(found.same + found.changed, 1):
        return _("%(rows)s deals are not in it any more.") % {"rows": found.gone}
    return ""


def _wait(run: ImportRun, now: datetime, why: str) -> bool:
    """Tell that the import waits. Once for each state that it waits in."""
    with override(settings.LANGUAGE_CODE):
        address = f"{settings.APP_BASE_URL}{run.get_absolute_url()}"
        text = _(
            "The files from %(source)s wait for you:\n\n%(why)s\n\n%(address)s"
        ) % {"source": run.source, "why": why, "address": address}
        draft = Draft(
            kind="imports.waits",
            key=f"imports.waits:{run.pk}:{run.state}",
            recipient=run.created_by,
            subject=_("An import from %(source)s waits for you")
            % {"source": run.source},
            text=text,
            url=run.get_absolute_url(),
        )
    post([draft], now=now)
    return False
