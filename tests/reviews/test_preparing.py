"""What reps prepare before a review: asked once, written, and read in the review."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pipeline.reviews import services, tasks
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.selectors.preparing import due_at
from pipeline.reviews.services import Overtaken, Prepared
from rhythm.calendar.models import Cadence, Meeting
from rhythm.calendar.services import plan_due
from rhythm.notices.models import Notice, NoticeState
from tests.factories.meetings import CadenceFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.ticks import TickFactory
from tests.reviews.conftest import NOW as HELD_AT

pytestmark = pytest.mark.django_db

# A Monday, 26 hours before the first review: Tuesday at nine in Berlin.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TEXTS = {
    "prep_changed": "Their CFO has left",
    "prep_next": "They name a new one by Friday",
    "prep_help": "A door to the board",
}


@pytest.fixture
def called(central, lena, rita) -> Meeting:
    CadenceFactory(team=central, prepare_hours=24, preread_hours=0)
    OpportunityFactory(
        owner=rita, account__name="Brennecke", close_on=date(2026, 11, 20)
    )
    OpportunityFactory(
        owner=rita, account__name="Castellan", close_on=date(2026, 11, 19)
    )
    plan_due(now=NOW)
    first = Meeting.objects.order_by("starts_at").first()
    assert first is not None
    return first


@pytest.fixture
def prepared(called) -> Review:
    """The review of that meeting, when its preparation has begun."""
    return services.prepare(called, now=called.starts_at - timedelta(hours=24))


def url_of(review) -> str:
    return reverse("reviews:review_prepare", args=[review.pk])


def form(review, **texts):
    """Return what the page sends: the same texts for each deal, as it is now."""
    data: dict[str, object] = {}
    for item in ReviewItem.objects.filter(review=review):
        said = TEXTS | texts | {"version": item.prep_version}
        data |= {f"d{item.pk}-{name}": value for name, value in said.items()}
    return data


def asked(**lookup):
    return Notice.objects.filter(kind="meetings.prepare", **lookup)


# -- being asked -----------------------------------------------------------------------
def test_each_rep_concerned_is_asked_once_with_deals_and_reasons(
    prepared, called, rita, lena
):
    [notice] = asked()

    assert notice.recipient == rita
    assert notice.url == url_of(prepared)
    assert "Brennecke" in notice.text
    assert "Castellan" in notice.text
    assert "Mon 23 Nov, 21:00" in notice.text
    services.prepare(called, now=NOW)
    assert asked().count() == 1


def test_whoever_has_no_deal_on_it_is_not_asked(prepared, lena, omar):
    assert set(asked().values_list("recipient", flat=True)).isdisjoint(
        {lena.pk, omar.pk}
    )


def test_nobody_is_asked_as_it_begins(called, lena, as_user):
    as_user(lena).post(reverse("meetings:meeting_begin", args=[called.pk]))

    assert Review.objects.exists()
    assert not asked().exists()


@pytest.mark.parametrize(
    ("prepare_hours", "before"), [(24, 12), (48, 18), (2, 1), (0, 0)]
)
def test_it_is_due_18_hours_before_or_at_half_of_its_lead(
    called, prepare_hours, before
):
    Cadence.objects.update(prepare_hours=prepare_hours)
    meeting = Meeting.objects.select_related("cadence").get(pk=called.pk)

    assert due_at(meeting) == called.starts_at - timedelta(hours=before)


def test_what_is_still_empty_on_the_day_is_one_line_of_the_morning_mail(
    prepared, called, rita
):
    day_before = TickFactory(at=called.starts_at - timedelta(hours=12))
    tasks.tick(day_before)
    assert not Notice.objects.filter(kind="meetings.unprepared").exists()

    for hours in (8, 7, 1):
        tasks.tick(TickFactory(at=called.starts_at - timedelta(hours=hours)))

    notice = Notice.objects.get(kind="meetings.unprepared")
    assert (notice.recipient, notice.state) == (rita, NoticeState.INBOX)
    assert notice.for_digest
    assert "2 deals are still to be prepared" in notice.subject


def test_who_was_asked_on_the_day_itself_is_not_told_again_at_once(called, rita):
    Cadence.objects.update(prepare_hours=4)
    at = called.starts_at - timedelta(hours=4)
    services.prepare(Meeting.objects.get(pk=called.pk), now=at)

    for later in (timedelta(seconds=30), timedelta(hours=3)):
        tasks.tick(TickFactory(at=at + later))

    assert asked(recipient=rita).exists()
    assert not Notice.objects.filter(kind="meetings.unprepared").exists()


def test_who_has_prepared_hears_nothing_more(prepared, called, rita, as_user):
    as_user(rita).post(url_of(prepared), form(prepared, prep_help=""))

    tasks.tick(TickFactory(at=called.starts_at - timedelta(hours=8)))

    assert not Notice.objects.filter(kind="meetings.unprepared").exists()


def test_on_the_day_of_the_pre_read_there_is_no_mail_of_its_own(called, rita):
    Cadence.objects.update(prepare_hours=4, preread_hours=2)
    called.refresh_from_db()

    services.prepare(called, now=called.starts_at - timedelta(hours=4))
    tasks.tick(TickFactory(at=called.starts_at - timedelta(hours=3)))

    notice = asked().get()
    assert (notice.state, notice.for_digest) == (NoticeState.INBOX, False)
    assert not Notice.objects.filter(kind="meetings.unprepared").exists()


def test_asking_costs_the_same_for_many(central, lena, rita, count_queries):
    meetings = []
    CadenceFactory(team=central, preread_hours=0)
    plan_due(now=NOW)
    meetings = list(Meeting.objects.order_by("starts_at")[:2])
    OpportunityFactory(owner=rita, close_on=date(2026, 11, 20))
    few = count_queries(lambda: services.prepare(meetings[0], now=NOW))

    OpportunityFactory.create_batch(10, owner=rita, close_on=date(2026, 11, 20))
    many = count_queries(lambda: services.prepare(meetings[1], now=NOW))

    assert many == few


# -- writing ---------------------------------------------------------------------------
def test_a_rep_sees_the_own_deals_with_reasons_and_what_is_empty(
    prepared, rita, as_user
):
    page = as_user(rita).get(url_of(prepared)).content.decode()

    assert "Brennecke" in page
    assert "Castellan" in page
    assert "0 of 2 prepared" in page
    assert "due Mon 23 Nov, 21:00" in page


def test_it_is_saved_without_javascript(prepared, rita, as_user):
    answer = as_user(rita).post(url_of(prepared), form(prepared))

    assert answer.status_code == 302
    for item in ReviewItem.objects.filter(review=prepared):
        assert item.is_prepared
        assert (item.prep_help, item.prepared_by) == ("A door to the board", rita)


def test_an_autosave_answers_with_versions_and_progress_alone(prepared, rita, as_user):
    answer = as_user(rita).post(
        url_of(prepared), form(prepared), headers={"HX-Request": "true"}
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "<textarea" not in page
    assert "2 of 2 prepared" in page
    assert 'value="2"' in page


def test_the_same_form_twice_changes_it_once(prepared, rita, as_user):
    data = form(prepared)
    for _time in range(2):
        assert as_user(rita).post(url_of(prepared), data).status_code == 302

    versions = set(ReviewItem.objects.values_list("prep_version", flat=True))
    assert versions == {2}


def test_of_two_windows_the_later_is_told_and_may_overwrite(prepared, rita, as_user):
    data = form(prepared, prep_changed="Second window")
    as_user(rita).post(url_of(prepared), form(prepared))

    answer = as_user(rita).post(url_of(prepared), data)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Second window" in page
    assert "Their CFO has left" in page
    as_user(rita).post(url_of(prepared), data | {"overwrite": "1"})
    assert set(ReviewItem.objects.values_list("prep_changed", flat=True)) == {
        "Second window"
    }


def test_what_is_too_long_stays_in_the_form(prepared, rita, as_user):
    answer = as_user(rita).post(url_of(prepared), form(prepared, prep_help="x" * 301))

    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    assert not ReviewItem.objects.exclude(prep_changed="").exists()


def test_nobody_writes_for_another(prepared, lena, rita, as_user):
    assert as_user(lena).post(url_of(prepared), form(prepared)).status_code == 403

    said = {
        item.pk: Prepared(TEXTS, None)
        for item in ReviewItem.objects.filter(review=prepared)
    }
    with pytest.raises(PermissionDenied):
        services.write_preparation(prepared, said, by=lena, now=NOW)


def test_of_a_deal_of_somebody_else_nothing_is_taken(prepared, central, rita, omar):
    theirs = ReviewItem.objects.filter(review=prepared).first()
    theirs.opportunity.owner = omar
    theirs.opportunity.save(update_fields=["owner"])

    said = {theirs.pk: Prepared(TEXTS, None)}
    services.write_preparation(prepared, said, by=rita, now=NOW)

    theirs.refresh_from_db()
    assert not theirs.prep_changed


def test_one_that_is_overtaken_saves_nothing(prepared, rita):
    first, second = ReviewItem.objects.filter(review=prepared).order_by("pk")
    said = {first.pk: Prepared(TEXTS, 1), second.pk: Prepared(TEXTS, 7)}

    with pytest.raises(Overtaken) as refused:
        services.write_preparation(prepared, said, by=rita, now=NOW)

    assert refused.value.items == [second]
    assert not ReviewItem.objects.exclude(prep_changed="").exists()


def test_after_the_review_it_stays_as_it_was(review, item, second, rita, lena):
    said = {item.pk: Prepared(TEXTS, 1)}
    services.write_preparation(review, said, by=rita, now=HELD_AT)
    services.abandon(review, "Fire alarm", by=lena, now=HELD_AT)

    with pytest.raises(ValidationError):
        services.write_preparation(
            review, {item.pk: Prepared(TEXTS | {"prep_help": ""}, 2)}, by=rita, now=NOW
        )


def test_queries_do_not_grow_with_the_deals(called, rita, as_user, count_queries):
    review = services.prepare(called, now=NOW)
    browser = as_user(rita)
    few = count_queries(lambda: browser.get(url_of(review)))

    item = ReviewItem.objects.filter(review=review).first()
    for deal in OpportunityFactory.create_batch(10, owner=rita):
        ReviewItem.objects.create(
            review=review,
            opportunity=deal,
            position=9,
            compare_since=item.compare_since,
        )
    many = count_queries(lambda: browser.get(url_of(review)))

    assert many == few


# -- reading ---------------------------------------------------------------------------
@pytest.fixture
def said(review, item, second, rita):
    services.write_preparation(
        review, {item.pk: Prepared(TEXTS, 1)}, by=rita, now=HELD_AT
    )
    return item


@pytest.mark.parametrize("reader", ["lena", "rita", "vera"])
def test_it_stands_at_the_deal_in_the_review(said, review, reader, request, as_user):
    person = request.getfixturevalue(reader)
    url = reverse("reviews:review_item", args=[review.pk, said.pk])

    page = as_user(person).get(url).content.decode()

    for text in TEXTS.values():
        assert text in page


def test_and_in_the_minutes_and_their_mail(said, review, second, lena, rita, as_user):
    for item in (said, second):
        item.refresh_from_db()
        services.skip(item, "No time", by=lena, now=HELD_AT)
    services.finish(review, by=lena, now=HELD_AT + timedelta(minutes=30))

    url = reverse("reviews:review_minutes", args=[review.pk])
    assert "Their CFO has left" in as_user(lena).get(url).content.decode()
    mails = Notice.objects.filter(kind="reviews.minutes", recipient__in=[lena, rita])
    assert mails.count() == 2
    assert all("Their CFO has left" in each.text + each.html for each in mails)


def test_the_chair_sees_who_has_prepared(prepared, called, lena, rita, as_user):
    for url in (
        reverse("reviews:review_detail", args=[prepared.pk]),
        called.get_absolute_url(),
    ):
        page = as_user(lena).get(url).content.decode()
        assert "0 of 2" in page
        assert "Preparation" in page


def test_a_rep_is_led_to_it_from_the_meeting_and_the_first_page(
    prepared, called, rita, as_user, time_machine
):
    time_machine.move_to(NOW)
    browser = as_user(rita)

    for url in (called.get_absolute_url(), reverse("homes:week")):
        assert url_of(prepared) in browser.get(url).content.decode()
    assert "2 of your 2 deals still to be prepared" in (
        browser.get(reverse("homes:week")).content.decode()
    )
