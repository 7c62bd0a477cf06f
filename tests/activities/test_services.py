from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pipeline.activities import services
from pipeline.activities.models import EDIT_WINDOW, Activity
from pipeline.activities.services.log import Entry
from pipeline.opportunities.models import Contact, Opportunity
from rhythm.web.versions import Conflict
from tests.factories.activities import ActivityFactory, ActivityKindFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
TODAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 27)


@pytest.fixture
def deal(rita) -> Opportunity:
    return OpportunityFactory(owner=rita, next_step="Call", next_step_on=TODAY)


@pytest.fixture
def call(db):
    return ActivityKindFactory(name="A call")


def log(deal, call, by, **more):
    more.setdefault("now", NOW)
    names = Entry.__dataclass_fields__.keys()
    values = {"kind": call, "opportunity": deal}
    values |= {name: more.pop(name) for name in list(more) if name in names}
    return services.log(Entry(**values), by=by, **more)


def test_an_activity_hangs_on_the_deal_and_its_account(deal, call, rita):
    made = log(deal, call, rita, outcome="  They agree ")

    made.refresh_from_db()
    deal.refresh_from_db()
    assert made.account == deal.account
    assert made.outcome == "They agree"
    assert made.happened_at == NOW
    assert deal.last_activity_at == NOW


def test_an_activity_may_hang_on_an_account_alone(call, rita):
    account = AccountFactory()

    made = log(None, call, rita, account=account)

    assert made.account == account
    assert made.opportunity is None


def test_the_next_step_goes_to_the_deal_at_once(deal, call, rita):
    log(deal, call, rita, next_step="Survey on site", next_step_on=FRIDAY)

    deal.refresh_from_db()
    assert deal.next_step == "Survey on site"
    assert deal.next_step_on == FRIDAY


def test_without_a_next_step_the_deal_keeps_its_own(deal, call, rita):
    log(deal, call, rita)

    deal.refresh_from_db()
    assert deal.next_step == "Call"


def test_when_the_next_step_is_refused_nothing_is_logged(deal, call, rita):
    with pytest.raises(ValidationError):
        log(deal, call, rita, next_step="x" * 301, next_step_on=FRIDAY)

    assert not Activity.everything.exists()


def test_an_older_activity_does_not_move_the_last_one_back(deal, call, rita):
    log(deal, call, rita)
    log(deal, call, rita, happened_at=NOW - timedelta(days=9))

    deal.refresh_from_db()
    assert deal.last_activity_at == NOW


def test_the_same_submission_makes_one(deal, call, rita):
    key = uuid4()

    first = log(deal, call, rita, submission_key=key, new_contact="Maeve Doyle")
    second = log(deal, call, rita, submission_key=key, new_contact="Maeve Doyle")

    assert first == second
    assert Activity.everything.count() == 1
    assert Contact.objects.count() == 1


def test_who_was_there_may_be_somebody_new(deal, call, rita):
    known = ContactFactory(account=deal.account)

    made = log(deal, call, rita, contacts=[known], new_contact="Maeve Doyle")

    assert set(made.contacts.values_list("name", flat=True)) == {
        known.name,
        "Maeve Doyle",
    }
    assert Contact.objects.get(name="Maeve Doyle").account == deal.account


def test_somebody_known_is_not_made_twice(deal, call, rita):
    known = ContactFactory(account=deal.account, name="Maeve Doyle")

    made = log(deal, call, rita, new_contact="maeve doyle ")

    assert list(made.contacts.all()) == [known]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("happened_at", {"happened_at": NOW + timedelta(hours=1)}),
        ("happened_at", {"happened_at": datetime(1, 1, 1, tzinfo=UTC)}),
        ("happened_at", {"happened_at": datetime(9999, 12, 31, tzinfo=UTC)}),
        ("outcome", {"outcome": "x" * 10_000}),
        ("minutes", {"minutes": 0}),
        ("minutes", {"minutes": -1}),
        ("minutes", {"minutes": 10**9}),
        ("next_step", {"next_step_on": FRIDAY}),
        ("next_step_on", {"next_step": "Call"}),
        ("next_step_on", {"next_step": "Call", "next_step_on": date(2026, 11, 1)}),
        ("next_step_on", {"next_step": "Call", "next_step_on": date(9999, 1, 1)}),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(deal, call, rita, field, values):
    with pytest.raises(ValidationError) as refused:
        log(deal, call, rita, **values)

    assert list(refused.value.message_dict) == [field]
    assert not Activity.everything.exists()


def test_a_phone_whose_clock_is_ahead_logs_now(deal, call, rita):
    made = log(deal, call, rita, happened_at=NOW + timedelta(minutes=5))

    assert made.happened_at == NOW


def test_a_next_step_needs_a_deal(call, rita):
    with pytest.raises(ValidationError, match="belongs to a deal"):
        log(
            None,
            call,
            rita,
            account=AccountFactory(),
            next_step="Call",
            next_step_on=FRIDAY,
        )


def test_it_hangs_on_something(call, rita):
    with pytest.raises(ValidationError, match="Choose a deal or an account"):
        log(None, call, rita)


@pytest.mark.parametrize(
    ("who", "may"),
    [("rita", True), ("lena", True), ("vera", True), ("otto", False), ("max_", False)],
)
def test_who_may_log_on_a_deal(deal, call, who, may, request):
    by = request.getfixturevalue(who)
    if may:
        assert log(deal, call, by).owner == by
    else:
        with pytest.raises(PermissionDenied):
            log(deal, call, by)


def test_an_entry_can_be_changed_and_moved_to_another_deal(deal, call, rita):
    other = OpportunityFactory(owner=rita)
    made = log(deal, call, rita)
    entry = Entry(kind=call, opportunity=other, outcome="Better", minutes=30)

    services.change(made, entry, by=rita, now=NOW, shown_version=1)

    made.refresh_from_db()
    deal.refresh_from_db()
    other.refresh_from_db()
    assert (made.outcome, made.minutes, made.version) == ("Better", 30, 2)
    assert deal.last_activity_at is None
    assert other.last_activity_at == made.happened_at


def test_a_stale_change_is_refused(deal, call, rita):
    made = log(deal, call, rita)
    entry = Entry(kind=call, opportunity=deal, outcome="Better")
    services.change(made, entry, by=rita, now=NOW, shown_version=1)

    with pytest.raises(Conflict):
        services.change(made, entry, by=rita, now=NOW, shown_version=1)


def test_removing_and_putting_back_counts_the_last_activity_again(deal, call, rita):
    contact = ContactFactory(account=deal.account)
    log(deal, call, rita, happened_at=NOW - timedelta(days=9))
    made = log(deal, call, rita, contacts=[contact])

    services.remove(made, by=rita, now=NOW)
    deal.refresh_from_db()
    assert deal.last_activity_at == NOW - timedelta(days=9)
    assert made not in Activity.objects.visible_to(rita)

    services.put_back(made, by=rita, now=NOW)
    deal.refresh_from_db()
    assert deal.last_activity_at == NOW
    assert made in Activity.objects.visible_to(rita)
    assert list(made.contacts.all()) == [contact]


@pytest.mark.parametrize("who", ["lena", "otto", "ada"])
def test_only_who_logged_it_takes_it_back(deal, call, rita, who, request):
    made = log(deal, call, rita)

    with pytest.raises(PermissionDenied, match="Only who logged it"):
        services.remove(made, by=request.getfixturevalue(who), now=NOW)


@pytest.mark.parametrize("act", ["change", "remove", "put_back"])
def test_after_seven_days_it_stays_as_it_is(deal, call, rita, act):
    made = log(deal, call, rita)
    later = NOW + EDIT_WINDOW
    entry = [Entry(kind=call, opportunity=deal)] if act == "change" else []

    with pytest.raises(PermissionDenied, match="more than 7 days ago"):
        getattr(services, act)(made, *entry, by=rita, now=later)


def test_what_an_import_brought_is_not_changed_by_hand(deal, call, rita):
    made = ActivityFactory(opportunity=deal, source="crm", external_id="1")

    with pytest.raises(PermissionDenied):
        services.remove(made, by=rita, now=made.created_at)
