from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from rhythm.commitments import services
from rhythm.commitments.models import Commitment, CommitmentState, RequestState
from rhythm.web.versions import Conflict
from tests.factories.meetings import CommitmentFactory

TODAY = date(2026, 11, 19)
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def promise(rita, lena) -> Commitment:
    """Rita promised Lena something for tomorrow."""
    return CommitmentFactory(promiser=rita, receiver=lena, due_on=TOMORROW)


def make(rita, lena, **changes) -> Commitment:
    values = {"what": "Send the offer", "due_on": TOMORROW, "today": TODAY} | changes
    return services.make(promiser=rita, receiver=lena, **values)


def test_a_new_commitment_is_open_and_remembers_its_first_date(rita, lena):
    made = make(rita, lena, about="Brennecke Logistics", about_url="/pipeline/4/")

    made.refresh_from_db()
    assert made.state == CommitmentState.OPEN
    assert made.first_due_on == TOMORROW
    assert made.about == "Brennecke Logistics"


def test_the_same_submission_makes_one(rita, lena):
    key = uuid4()

    first = make(rita, lena, submission_key=key)
    second = make(rita, lena, submission_key=key)

    assert first == second
    assert Commitment.objects.count() == 1


def test_what_was_promised_today_may_be_due_today(rita, lena):
    assert make(rita, lena, due_on=TODAY).due_on == TODAY


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due_on": TODAY - timedelta(days=1)}, "has passed"),
        ({"due_on": date(1, 1, 1)}, "has passed"),
        ({"due_on": date(9999, 12, 31)}, "five years"),
        ({"what": "  "}, "cannot be blank"),
        ({"what": "x" * 10_000}, "at most 300"),
    ],
)
def test_a_commitment_that_makes_no_sense_is_refused(rita, lena, changes, message):
    with pytest.raises(ValidationError, match=message):
        make(rita, lena, **changes)

    assert not Commitment.objects.exists()


def test_nobody_promises_after_leaving(dora, lena):
    with pytest.raises(ValidationError, match="Dora Dahl is not active"):
        make(dora, lena)


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil"])
def test_the_database_refuses_a_link_out_of_here(rita, lena, url):
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        make(rita, lena, about_url=url)


def test_the_promiser_keeps_it(promise, rita):
    kept = services.keep(promise, by=rita, today=TOMORROW)

    assert kept.state == CommitmentState.KEPT
    assert not kept.is_broken(NEXT_WEEK)


def test_kept_late_stays_broken(promise, rita):
    kept = services.keep(promise, by=rita, today=NEXT_WEEK)

    assert kept.is_broken(NEXT_WEEK)


@pytest.mark.parametrize("who", ["lena", "vera", "otto", "max_", "ada"])
def test_nobody_else_keeps_it(promise, who, request):
    with pytest.raises(PermissionDenied):
        services.keep(promise, by=request.getfixturevalue(who), today=TODAY)


def test_a_leader_stands_in_for_a_promiser_who_cannot_sign_in(promise, rita, lena):
    rita.email = None
    rita.save(update_fields=["email"])

    assert services.keep(promise, by=lena, today=TODAY).state == CommitmentState.KEPT


def test_keeping_twice_changes_nothing(promise, rita):
    first = services.keep(promise, by=rita, today=TODAY)
    second = services.keep(promise, by=rita, today=NEXT_WEEK, shown_version=1)

    assert second.kept_on == TODAY
    assert second.version == first.version


def test_a_stale_page_is_told_what_changed(promise, rita, lena):
    services.ask_new_date(promise, NEXT_WEEK, "They are ill", by=rita, now=NOW)
    request = promise.date_requests.get()
    services.answer_date_request(request, accept=True, by=lena, now=NOW)

    with pytest.raises(Conflict):
        services.drop(promise, "Not needed", by=lena, shown_version=1)


def test_keeping_can_be_undone_on_the_same_day_only(promise, rita):
    kept = services.keep(promise, by=rita, today=TODAY)
    with pytest.raises(ValidationError, match="too long ago"):
        services.undo_keep(kept, by=rita, today=TOMORROW)

    opened = services.undo_keep(kept, by=rita, today=TODAY)

    assert opened.state == CommitmentState.OPEN
    assert opened.kept_on is None


def test_a_new_date_needs_consent_and_is_counted(promise, rita, lena):
    request = services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)
    promise.refresh_from_db()
    assert promise.due_on == TOMORROW

    services.answer_date_request(request, accept=True, by=lena, now=NOW)

    promise.refresh_from_db()
    assert promise.due_on == NEXT_WEEK
    assert promise.first_due_on == TOMORROW
    assert promise.renegotiations == 1


def test_a_refused_date_changes_nothing(promise, rita, lena):
    request = services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)

    answered = services.answer_date_request(request, accept=False, by=lena, now=NOW)

    promise.refresh_from_db()
    assert answered.state == RequestState.REFUSED
    assert (promise.due_on, promise.renegotiations) == (TOMORROW, 0)


def test_asking_again_replaces_the_open_request(promise, rita):
    services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)
    services.ask_new_date(
        promise, NEXT_WEEK + timedelta(days=1), "Still ill", by=rita, now=NOW
    )

    assert promise.date_requests.get().reason == "Still ill"


def test_a_promise_to_oneself_needs_nobodys_consent_but_counts(rita):
    own = CommitmentFactory(promiser=rita, receiver=rita, due_on=TOMORROW)

    services.ask_new_date(own, NEXT_WEEK, "Busy", by=rita, now=NOW)

    own.refresh_from_db()
    assert (own.due_on, own.renegotiations) == (NEXT_WEEK, 1)


@pytest.mark.parametrize("who", ["rita", "vera", "otto", "max_"])
def test_only_the_receiver_agrees_to_a_new_date(promise, rita, who, request):
    asked = services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)

    with pytest.raises(PermissionDenied):
        services.answer_date_request(
            asked, accept=True, by=request.getfixturevalue(who), now=NOW
        )


def test_who_leads_a_receiver_that_left_answers_instead(promise, rita, lena, vera):
    asked = services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)
    lena.is_active = False
    lena.save(update_fields=["is_active"])

    services.answer_date_request(asked, accept=True, by=vera, now=NOW)

    promise.refresh_from_db()
    assert promise.due_on == NEXT_WEEK
    assert promise in Commitment.objects.visible_to(vera)


def test_an_answer_stands(promise, rita, lena):
    asked = services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)
    services.answer_date_request(asked, accept=True, by=lena, now=NOW)
    services.answer_date_request(asked, accept=True, by=lena, now=NOW)
    promise.refresh_from_db()
    assert promise.renegotiations == 1

    with pytest.raises(ValidationError, match="already answered"):
        services.answer_date_request(asked, accept=False, by=lena, now=NOW)


@pytest.mark.parametrize(
    ("day", "reason", "message"),
    [
        (TOMORROW, "Ill", "has already"),
        (TODAY - timedelta(days=1), "Ill", "has passed"),
        (NEXT_WEEK, " ", "cannot be blank"),
        (NEXT_WEEK, "x" * 301, "at most 300"),
    ],
)
def test_a_request_says_a_new_day_and_why(promise, rita, day, reason, message):
    with pytest.raises(ValidationError, match=message):
        services.ask_new_date(promise, day, reason, by=rita, now=NOW)

    assert not promise.date_requests.exists()


@pytest.mark.parametrize("who", ["lena", "vera"])
def test_the_receiver_and_the_leader_may_drop_it(promise, who, request):
    by = request.getfixturevalue(who)

    dropped = services.drop(promise, "The deal is lost", by=by)

    assert dropped.state == CommitmentState.DROPPED
    assert not dropped.is_broken(NEXT_WEEK)


@pytest.mark.parametrize("who", ["rita", "otto", "max_", "ada"])
def test_nobody_else_drops_it(promise, who, request):
    with pytest.raises(PermissionDenied):
        services.drop(promise, "No", by=request.getfixturevalue(who))


def test_dropping_needs_a_reason(promise, lena):
    with pytest.raises(ValidationError, match="Say why"):
        services.drop(promise, " ", by=lena)


def test_what_is_closed_stays_closed(promise, rita, lena):
    services.drop(promise, "The deal is lost", by=lena)

    with pytest.raises(ValidationError, match="dropped"):
        services.keep(promise, by=rita, today=TODAY)
    with pytest.raises(ValidationError, match="dropped"):
        services.ask_new_date(promise, NEXT_WEEK, "Ill", by=rita, now=NOW)


def test_open_commitments_go_to_the_heir_on_both_sides(rita, lena, dora, ada):
    made = CommitmentFactory(promiser=dora, receiver=lena)
    received = CommitmentFactory(promiser=lena, receiver=dora)
    kept = CommitmentFactory(
        promiser=dora, receiver=lena, state=CommitmentState.KEPT, kept_on=TODAY
    )

    assert services.hand_over(dora, rita, by=ada) == 2

    made.refresh_from_db()
    received.refresh_from_db()
    kept.refresh_from_db()
    assert made.promiser == rita
    assert received.receiver == rita
    assert kept.promiser == dora


def test_a_peer_hands_over_nothing(rita, otto, dora):
    CommitmentFactory(promiser=dora)

    with pytest.raises(PermissionDenied):
        services.hand_over(dora, rita, by=otto)
