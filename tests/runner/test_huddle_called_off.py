"""A huddle in writing that is called off after everybody was asked."""

from datetime import time

import pytest

from pipeline.runner import services, tasks
from rhythm.calendar.services import call_again, cancel, skip
from rhythm.notices.models import Notice, Wishes
from tests.factories.ticks import TickFactory
from tests.runner.conftest import NOW, inboxes_at, minutes, said

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("drop", [cancel, skip])
def test_one_that_is_called_off_asks_nobody_any_more(asked, drop):
    drop(asked.meeting, "Fair", shown_version=None)
    for _time in range(2):
        tasks.tick(TickFactory(at=minutes(10)))

    assert inboxes_at(minutes(10)) == set()


def test_its_mail_that_waits_for_the_end_of_quiet_hours_stays_here(
    written, rita, lena, settings
):
    settings.HAS_MAIL_SERVER = True
    for person in (rita, lena):
        Wishes.objects.create(user=person, quiet_from=time(9), quiet_to=time(10, 30))
    run = services.ask(written, now=NOW)
    assert Notice.objects.due(minutes(40)).count() == 2
    cancel(run.meeting, "Fair", shown_version=None)
    tasks.tick(TickFactory(at=minutes(10)))
    assert not Notice.objects.due(minutes(40)).exists()

    call_again(run.meeting, shown_version=None)
    services.ask(run.meeting, now=minutes(20))
    assert Notice.objects.due(minutes(40)).count() == 2


def test_one_that_takes_place_again_asks_again_who_has_not_answered(asked, rita, lena):
    said(asked, rita, now=minutes(5))
    skip(asked.meeting, "Fair", shown_version=None)
    tasks.tick(TickFactory(at=minutes(10)))
    call_again(asked.meeting, shown_version=None)
    assert services.to_prepare(minutes(20)) == [asked.meeting]
    tasks.prepare(asked.meeting_id, TickFactory(at=minutes(20)).pk)

    assert inboxes_at(minutes(20)) == {lena}
    assert Notice.objects.filter(kind="meetings.huddle").count() == 2
