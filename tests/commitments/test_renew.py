from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from rhythm.commitments import services
from rhythm.commitments.models import RequestState
from rhythm.web.versions import Conflict
from tests.factories.meetings import CommitmentFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
LATER = date(2026, 11, 30)


@pytest.fixture
def promise(rita, lena):
    return CommitmentFactory(promiser=rita, receiver=lena, due_on=date(2026, 11, 18))


def test_a_new_date_agreed_in_a_meeting_is_counted(promise, lena):
    renewed = services.renew(promise, LATER, by=lena, now=NOW)
    assert (renewed.due_on, renewed.renegotiations) == (LATER, 1)
    assert renewed.first_due_on == date(2026, 11, 18)


def test_the_same_date_again_is_counted_once(promise, lena):
    services.renew(promise, LATER, by=lena, now=NOW)
    assert services.renew(promise, LATER, by=lena, now=NOW).renegotiations == 1


def test_it_answers_a_request_that_waits(promise, rita, lena):
    request = services.ask_new_date(promise, LATER, "Ill", by=rita, now=NOW)
    services.renew(promise, LATER, by=lena, now=NOW)
    request.refresh_from_db()
    assert request.state == RequestState.ACCEPTED


def test_the_promiser_does_not_renew_alone(promise, rita, otto):
    for person in (rita, otto):
        with pytest.raises(PermissionDenied):
            services.renew(promise, LATER, by=person, now=NOW)


def test_not_to_a_day_that_has_passed(promise, lena):
    with pytest.raises(ValidationError, match="passed"):
        services.renew(promise, date(2026, 11, 17), by=lena, now=NOW)


def test_not_from_a_stale_page(promise, lena):
    with pytest.raises(Conflict):
        services.renew(promise, LATER, by=lena, now=NOW, shown_version=99)
