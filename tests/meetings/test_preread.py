"""The pre-read: one mail before the meeting, each reader's own, and who has read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from pipeline.meetings import services, tasks
from pipeline.meetings.models import Preread, PrereadReader
from pipeline.meetings.selectors.preread import covered, covering, preread_of
from pipeline.reviews import services as reviews
from pipeline.reviews import tasks as review_tasks
from rhythm.calendar import tasks as calendar_tasks
from rhythm.calendar.models import Cadence, Meeting, MeetingState
from rhythm.calendar.services import plan_due
from rhythm.notices.models import Notice, NoticeState, Wishes
from rhythm.notices.selectors.inbox import hidden_of
from rhythm.people.models import Membership
from rhythm.web import formats
from tests.factories.meetings import CadenceFactory, CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.ticks import TickFactory
from tests.two import all_at_once

pytestmark = pytest.mark.django_db

# A Monday, 26 hours before the first meeting: Tuesday at nine in Berlin.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def meeting(central, lena, rita, time_machine) -> Meeting:
    """Central's team meeting, with Rita's and Otto's deals around."""
    time_machine.move_to(NOW)
    CadenceFactory(team=central, kind="team_meeting", remind_minutes=[1_440, 60])
    plan_due(now=NOW)
    first = Meeting.objects.order_by("starts_at").first()
    assert first is not None
    return first


@pytest.fixture
def deal(rita):
    return OpportunityFactory(
        owner=rita, account__name="Brennecke", amount=Decimal(184_000)
    )


def before(meeting, **lead) -> datetime:
    return meeting.starts_at - timedelta(**lead)


def sent(**lookup):
    return Notice.objects.filter(kind="meetings.preread", **lookup)


def url_of(meeting) -> str:
    return reverse("meetings:meeting_preread", args=[meeting.pk])


def test_a_review_planned_by_hand_asks_its_reps_and_has_a_pre_read(
    deal, central, lena, rita
):
    review = reviews.plan(
        central,
        chair=lena,
        starts_at=NOW + timedelta(hours=3),
        minutes=45,
        talk=[deal.pk],
        now=NOW,
    )
    asked = Notice.objects.get(kind="meetings.prepare")
    assert asked.recipient == rita
    assert services.to_preread(NOW) == []
    soon = NOW + timedelta(hours=1)
    assert services.to_preread(soon) == [review.meeting_id]
    services.send_preread(review.meeting_id, now=soon)
    assert {each.recipient for each in sent()} == {lena, rita}


# -- by mail -------------------------------------------------------------------------
def test_it_is_due_so_many_hours_before_as_the_cadence_says(meeting):
    assert services.to_preread(before(meeting, hours=2, seconds=1)) == []
    assert services.to_preread(before(meeting, hours=2)) == [meeting.pk]


@pytest.mark.parametrize(
    "values",
    [{"kind": "one_on_one"}, {"state": "cancelled"}, {"cadence": None}],
)
def test_not_of_other_kinds_nor_of_what_is_off_or_made_by_hand(meeting, values):
    if "cadence" in values:
        values |= {"key_on": None, "called_for": None}
    Meeting.objects.filter(pk=meeting.pk).update(**values)

    assert services.to_preread(before(meeting, hours=1)) == []
    assert services.send_preread(meeting.pk, now=before(meeting, hours=1)) == 0


def test_nor_where_the_cadence_has_none(meeting):
    Cadence.objects.update(preread_hours=0)

    assert services.to_preread(before(meeting, hours=1)) == []
    assert services.send_preread(meeting.pk, now=before(meeting, hours=1)) == 0


def test_everybody_in_it_gets_one_mail_once(meeting, deal, lena, rita):
    for minutes in (120, 119, 5):
        services.send_preread(meeting.pk, now=before(meeting, minutes=minutes))

    assert {each.recipient for each in sent()} == {lena, rita}
    assert sent().count() == 2
    notice = sent().first()
    assert notice.expires_at == meeting.starts_at
    assert notice.url == url_of(meeting)
    assert services.to_preread(before(meeting, minutes=5)) == []


def test_not_once_it_has_begun(meeting):
    assert services.send_preread(meeting.pk, now=meeting.starts_at) == 0
    assert services.to_preread(meeting.starts_at) == []


def test_one_that_is_moved_has_another_for_its_new_day(meeting):
    services.send_preread(meeting.pk, now=before(meeting, hours=2))
    moved = meeting.starts_at + timedelta(minutes=30)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=moved)
    assert services.to_preread(before(meeting, hours=1)) == []

    Meeting.objects.filter(pk=meeting.pk).update(starts_at=moved + timedelta(days=1))
    late = moved + timedelta(hours=23)
    assert services.to_preread(late) == [meeting.pk]
    services.send_preread(meeting.pk, now=late)

    assert sent().count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_sends_it(meeting):
    moment = before(meeting, hours=1)

    all_at_once(*[lambda: services.send_preread(meeting.pk, now=moment)] * 3)

    assert sent().count() == 2
    assert Preread.objects.count() == 1


def test_the_tick_has_a_worker_send_it(meeting, django_capture_on_commit_callbacks):
    tick = TickFactory(at=before(meeting, hours=2))
    with django_capture_on_commit_callbacks() as hints:
        tasks.tick(tick)
    assert len(hints) == 1

    tasks.send_preread(meeting.pk, tick.pk)

    assert sent().count() == 2


def test_each_reads_only_what_they_may_see(meeting, deal, lena, rita, central, omar):
    from rhythm.people.models import Membership
    from tests.factories.people import UserFactory

    carl = UserFactory(name="Carl Case")
    Membership.objects.create(user=carl, team=central, since=date(2026, 1, 1))
    OpportunityFactory(owner=carl, account__name="Carlsberg", amount=Decimal(50_000))
    for who, what in ((rita, "Send Brennecke the offer"), (carl, "Call Carlsberg")):
        CommitmentFactory(
            what=what,
            promiser=who,
            receiver=lena,
            due_on=date(2026, 11, 20),
            made_in=MeetingFactory(
                kind="team_meeting",
                team=central,
                starts_at=NOW - timedelta(days=7),
                started_at=NOW - timedelta(days=7),
                ended_at=NOW - timedelta(days=7),
                state=MeetingState.HELD,
            ),
        )

    services.send_preread(meeting.pk, now=before(meeting, hours=1))

    texts = {each.recipient: each.text + each.html for each in sent()}
    assert "Send Brennecke the offer" in texts[rita]
    assert "Carlsberg" not in texts[rita]
    assert "184" in texts[rita]
    assert "234" in texts[lena]
    assert "Call Carlsberg" in texts[lena]
    assert "1 broken" in texts[carl]


def test_it_tells_what_changed_and_who_won(meeting, deal, rita, lena):
    OpportunityFactory(
        owner=rita,
        account__name="Castellan",
        amount=Decimal(90_000),
        opened_on=date(2026, 11, 1),
        outcome="won",
        closed_on=date(2026, 11, 22),
    )

    services.send_preread(meeting.pk, now=before(meeting, hours=1))

    text = sent(recipient=lena).get().text
    assert "Castellan" in text.split("Wins")[1]
    assert "Won this quarter: €90" in text.replace("\xa0", "")


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", 7),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", 14),
        ("FREQ=MONTHLY;BYDAY=4TU", 31),
    ],
)
def test_the_first_one_tells_as_far_back_as_its_rule_takes(meeting, lena, rule, days):
    Cadence.objects.update(rule=rule)
    about = covered(covering(Meeting.objects.filter(pk=meeting.pk)).get())
    page = preread_of(about, lena, now=NOW)

    since = (NOW - timedelta(days=days)).date()
    assert page.since == formats.day(since, NOW.date())


def test_the_next_one_tells_from_the_last_of_its_series_that_was_held(meeting, lena):
    """Also where the chair changed its kind: the cadence is the same."""
    at = NOW - timedelta(days=10)
    values = {"cadence": meeting.cadence, "team": meeting.team, "chair": lena}
    MeetingFactory(
        **values,
        kind="huddle",
        key_on=at.date(),
        called_for=at,
        starts_at=at,
        started_at=at,
        ended_at=at,
        state=MeetingState.HELD,
    )
    about = covered(covering(Meeting.objects.filter(pk=meeting.pk)).get())

    assert about.before == at


def test_ten_readers_cost_five_queries_each_at_most(meeting, central, count_queries):
    from rhythm.people.models import Membership
    from tests.factories.people import UserFactory

    moment = before(meeting, hours=1)
    few = count_queries(lambda: services.send_preread(meeting.pk, now=moment))
    later = Meeting.objects.order_by("starts_at")[1]
    for person in UserFactory.create_batch(10):
        Membership.objects.create(user=person, team=central, since=date(2026, 1, 1))

    moment = before(later, hours=1)
    many = count_queries(lambda: services.send_preread(later.pk, now=moment))

    assert many - few <= 10 * 5


# -- the morning has one mail --------------------------------------------------------
def mails_of(person) -> list[str]:
    """Return the kinds of what goes out to somebody by mail, now or in the digest."""
    own = Notice.objects.filter(recipient=person, kind__startswith="meetings.")
    by_mail = own.exclude(state=NoticeState.INBOX) | own.filter(for_digest=True)
    return sorted(by_mail.values_list("kind", flat=True))


def go_through(meeting, *leads: timedelta) -> None:
    """Do what ticks and workers do, so long before the meeting."""
    for lead in leads:
        tick = TickFactory(at=meeting.starts_at - lead)
        calendar_tasks.tick(tick)
        for due in services.to_preread(tick.at):
            tasks.send_preread(due, tick.pk)
        for due in reviews.to_prepare(tick.at):
            review_tasks.prepare(due.pk, tick.pk)
        review_tasks.tick(tick)


@pytest.fixture
def review(central, lena, rita, time_machine) -> Meeting:
    """Central's review, of which all mails fall on the same morning."""
    time_machine.move_to(NOW)
    CadenceFactory(
        team=central, prepare_hours=4, preread_hours=2, remind_minutes=[180, 60, 15]
    )
    OpportunityFactory(owner=rita, close_on=date(2026, 11, 20))
    plan_due(now=NOW)
    return Meeting.objects.earliest("starts_at")


MORNING = [timedelta(minutes=each) for each in (250, 240, 180, 120, 60, 15, 1)]


def test_the_morning_of_a_review_has_one_mail_and_not_five(review, rita, lena):
    go_through(review, *MORNING)

    assert mails_of(rita) == ["meetings.preread"]
    assert mails_of(lena) == ["meetings.preread"]
    in_app = Notice.objects.filter(recipient=rita, kind__startswith="meetings.")
    assert in_app.filter(kind="meetings.prepare").count() == 1
    assert in_app.filter(kind="meetings.reminder").count() == 3
    text = sent(recipient=rita).get().text
    assert "0 of 1 prepared" in text
    assert reverse("reviews:review_prepare", args=[_review(review).pk]) in text


def _review(meeting):
    from pipeline.reviews.models import Review

    return Review.objects.get(meeting=meeting)


def test_the_day_before_the_call_to_prepare_is_the_one_mail(review, rita, lena):
    Cadence.objects.update(prepare_hours=24, remind_minutes=[1_440])

    go_through(review, *(timedelta(hours=each) for each in (25, 24, 23, 12)))

    assert mails_of(rita) == ["meetings.prepare"]
    assert mails_of(lena) == []
    go_through(review, timedelta(hours=2), timedelta(hours=1))
    assert mails_of(rita) == ["meetings.prepare", "meetings.preread"]
    assert mails_of(lena) == ["meetings.preread"]


def test_without_a_pre_read_reminders_come_by_mail(review, lena):
    Cadence.objects.update(preread_hours=0)

    go_through(review, *MORNING)

    assert mails_of(lena) == ["meetings.reminder"] * 3


def test_so_they_do_to_whoever_wants_no_pre_read_by_mail(review, lena):
    Wishes.objects.create(user=lena, deliveries={"meetings.preread": "inbox"})

    go_through(review, *MORNING)

    assert mails_of(lena) == ["meetings.reminder"] * 3


# -- on its page ---------------------------------------------------------------------
def test_the_page_shows_the_same(meeting, deal, rita, as_user):
    page = as_user(rita).get(url_of(meeting)).content.decode()

    assert "€184" in page.replace("\xa0", "")
    assert "Noted as read" not in page
    assert not PrereadReader.objects.exists()


def test_opening_it_is_noted_once_and_the_chair_sees_it(
    meeting, rita, lena, as_user, time_machine
):
    read = reverse("meetings:preread_read", args=[meeting.pk])
    browser = as_user(rita)
    answer = browser.post(read, headers={"HX-Request": "true"})
    assert "Noted as read" in answer.content.decode()
    time_machine.move_to(NOW + timedelta(hours=5))
    assert browser.post(read).status_code == 302

    noted = PrereadReader.objects.get()
    assert noted.reader == rita
    assert noted.read_at < NOW + timedelta(hours=1)
    assert "Noted as read" in browser.get(url_of(meeting)).content.decode()
    Meeting.objects.update(starts_at=NOW + timedelta(days=3))
    before = as_user(lena).get(meeting.get_absolute_url()).content.decode()
    assert "Pre-read not opened" not in before
    Meeting.objects.update(starts_at=NOW + timedelta(hours=6))
    of_chair = as_user(lena).get(meeting.get_absolute_url()).content.decode()
    assert "Read Mon 23 Nov, 07:00" in of_chair
    assert "Pre-read not opened" in of_chair
    of_rep = browser.get(meeting.get_absolute_url()).content.decode()
    assert "Pre-read not opened" not in of_rep


def test_a_meeting_of_another_kind_has_none(lena, central, as_user):
    other = MeetingFactory(kind="huddle", team=central, chair=lena)

    assert as_user(lena).get(url_of(other)).status_code == 404
    assert "Pre-read" not in (
        as_user(lena).get(other.get_absolute_url()).content.decode()
    )


def test_who_left_the_team_before_it_leaves_gets_none(meeting, deal, rita, west):
    services.send_preread(meeting.pk, now=before(meeting, hours=2))
    notice = sent().get(recipient=rita)
    assert not hidden_of(rita, [notice])
    Membership.objects.filter(user=rita).update(team=west)
    assert hidden_of(rita, [notice]) == {notice.pk}
