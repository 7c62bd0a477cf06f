from datetime import UTC, date, datetime

import pytest

from rhythm.commitments import services
from rhythm.notices.models import Notice
from tests.factories.meetings import CommitmentFactory

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
DAY = date(2026, 11, 27)
LATER = date(2026, 12, 4)


@pytest.fixture
def promise(rita, lena):
    return CommitmentFactory(
        what="Send\nBcc: everybody@example.com",
        promiser=rita,
        receiver=lena,
        due_on=DAY,
    )


def test_who_is_asked_gets_one_mail_with_the_way_to_answer(promise, rita, lena):
    for _twice in range(2):
        services.ask_new_date(promise, LATER, "They are ill", by=rita, now=NOW)

    mail = Notice.objects.get()
    assert mail.recipient == lena
    assert mail.subject.startswith("Rita Reyes asks for a new date: Send")
    assert "\n" not in mail.subject
    assert "Fri 27 Nov" in mail.text
    assert "Fri 4 Dec" in mail.text
    assert "They are ill" in mail.text
    assert promise.get_absolute_url() in mail.text


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [(True, "New date agreed, Fri 4 Dec"), (False, "The date stays Fri 27 Nov")],
)
def test_who_asked_hears_the_answer_once(promise, rita, lena, accept, wanted):
    request = services.ask_new_date(promise, LATER, "Ill", by=rita, now=NOW)
    for _twice in range(2):
        services.answer_date_request(request, accept=accept, by=lena, now=NOW)

    mail = Notice.objects.get(recipient=rita)
    assert mail.subject.startswith(wanted)


def test_a_promise_to_oneself_sends_nothing(rita):
    own = CommitmentFactory(promiser=rita, receiver=rita, due_on=DAY)

    services.ask_new_date(own, LATER, "Busy", by=rita, now=NOW)

    assert not Notice.objects.exists()
