"""The inbox: what stands in it, and what its owner does with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from rhythm.notices import selectors, services
from rhythm.notices.models import DeliveryClass, Notice
from rhythm.notices.selectors.inbox import PER_PAGE
from rhythm.notices.services import Draft, post
from rhythm.notices.tasks import tick
from tests.factories.comments import CommentFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.ticks import TickFactory

# A Friday; Rita is in Berlin.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NARROWED = selectors.Narrowed()


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def told(rita):
    """Tell Rita as many things as asked for."""

    def make(number: int = 1, **values: Any) -> list[Notice]:
        plain: dict[str, Any] = {"kind": "reviews.minutes", "text": "Hi", "url": "/x/"}
        drafts = [
            Draft(
                key=f"k:{n}", recipient=rita, subject=f"News {n:03}", **plain | values
            )
            for n in range(number)
        ]
        post(drafts, now=NOW)
        return list(Notice.objects.order_by("pk"))

    return make


def page(browser: Any, **query: str) -> str:
    return browser.get(reverse("notices:inbox"), query).content.decode()


def act(browser: Any, what: str, notice: Notice, **data: str) -> Any:
    return browser.post(reverse(f"notices:inbox_{what}", args=[notice.pk]), data)


def test_what_is_said_to_one_stands_in_the_own_inbox_only(rita, lena, told, as_user):
    told()

    assert "News 000" in page(as_user(rita))
    assert "News 000" not in page(as_user(lena))


def test_mail_that_lets_somebody_in_is_in_no_inbox(rita, told, as_user):
    told(delivery_class=DeliveryClass.AT_LEAST_ONCE)

    assert "News 000" not in page(as_user(rita))


def test_it_comes_when_its_time_has_come(rita, told, as_user):
    at = NOW + timedelta(hours=2)
    told(due_at=at)
    assert "News 000" not in page(as_user(rita))

    tick(TickFactory(at=at))
    with time_machine.travel(at):
        assert "News 000" in page(as_user(rita))


def test_a_tick_may_run_twice_and_it_comes_once(told):
    told(due_at=NOW + timedelta(hours=1))
    for hours in (1, 2):
        tick(TickFactory(at=NOW + timedelta(hours=hours)))

    assert Notice.objects.get().arrived_at == NOW + timedelta(hours=1)


def test_opening_it_leads_to_what_it_is_about_and_counts_as_read(rita, told, as_user):
    (notice,) = told()

    response = act(as_user(rita), "open", notice)

    assert response["Location"] == "/x/"
    notice.refresh_from_db()
    assert notice.read_at == NOW


def test_what_is_about_nothing_shows_its_text(rita, told, as_user):
    (notice,) = told(url="", text="Read <b>this</b>.")
    response = act(as_user(rita), "open", notice)

    shown = as_user(rita).get(response["Location"]).content.decode()
    assert "Read &lt;b&gt;this&lt;/b&gt;." in shown


def test_the_bell_counts_what_is_open_and_unread(rita, told, as_user):
    first, second, third, _last = told(4)
    browser = as_user(rita)
    assert "Inbox, 4 unread" in page(browser)

    act(browser, "open", first)
    act(browser, "done", second)
    act(browser, "snooze", third, until="monday")

    assert "Inbox, 1 unread" in page(browser)


def test_the_bell_stops_counting(rita, told, as_user):
    told(101)

    assert "Inbox, 99+ unread" in page(as_user(rita))


def test_the_bell_costs_no_page_a_query(rita, told, as_user, count_queries):
    browser = as_user(rita)
    address = reverse("people:profile")
    before = count_queries(lambda: browser.get(address))

    told(3)

    assert count_queries(lambda: browser.get(address)) == before


def test_the_bell_comes_along_when_the_list_changes(rita, told, as_user):
    (notice,) = told()
    url = reverse("notices:inbox_done", args=[notice.pk])

    part = as_user(rita).post(url, headers={"HX-Request": "true"}).content.decode()

    assert 'hx-swap-oob="true"' in part
    assert "unread" not in part


def test_done_is_undone(rita, told, as_user):
    (notice,) = told()
    browser = as_user(rita)
    act(browser, "done", notice)
    assert "News 000" in page(browser, show="done")
    # The news of it says so, with Undo.
    page(browser)
    assert "News 000" not in page(browser)

    act(browser, "reopen", notice)

    assert "News 000" in page(browser)


@pytest.mark.parametrize(
    ("word", "until"),
    [
        # 07:30 in Berlin.
        ("tomorrow", datetime(2026, 11, 21, 6, 30, tzinfo=UTC)),
        ("monday", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        ("2027-07-01", datetime(2027, 7, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_it_is_put_off_until_a_morning(rita, told, as_user, word, until):
    (notice,) = told()
    browser = as_user(rita)

    assert act(browser, "snooze", notice, until=word).status_code == 302

    notice.refresh_from_db()
    assert notice.snoozed_until == until
    assert "News 000" not in page(browser)
    assert "News 000" in page(browser, show="snoozed")
    with time_machine.travel(until):
        assert "News 000" in page(as_user(rita))


@pytest.mark.parametrize("word", ["", "never", "2026-11-20", "2020-01-01", "9" * 40])
def test_it_is_not_put_off_to_a_day_that_is_none(rita, told, as_user, word):
    (notice,) = told()

    assert act(as_user(rita), "snooze", notice, until=word).status_code == 422

    notice.refresh_from_db()
    assert notice.snoozed_until is None


def test_what_comes_again_comes_on_top_and_unread(rita, told):
    old, new = told(2)
    services.read(old, now=NOW)
    until = NOW + timedelta(days=1)
    services.snooze(old, until=until, now=NOW)

    shown = selectors.inbox(rita, NARROWED, now=until + timedelta(hours=1)).rows

    assert [each.pk for each in shown] == [old.pk, new.pk]
    assert not shown[0].is_read


def test_all_is_read_at_once(rita, told, as_user):
    told(3)
    browser = as_user(rita)

    browser.post(reverse("notices:inbox_read"))

    assert "unread" not in page(browser)
    assert "News 000" in page(browser)


def test_it_is_paged_by_key(rita, told, as_user):
    told(PER_PAGE + 2)
    browser = as_user(rita)
    shown = selectors.inbox(rita, NARROWED, now=NOW)
    assert "News 001" not in page(browser)

    older = page(browser, before=shown.before)

    assert "News 001" in older
    assert "News 002" not in older
    for odd in ("x", "-1", "1-x", f"{'9' * 18}-1"):
        assert browser.get(reverse("notices:inbox"), {"before": odd}).status_code == 200


def test_it_is_narrowed_to_a_kind(rita, told, as_user):
    told()
    post([Draft("odd.word", "odd", rita, "Odd thing", "")], now=NOW)
    browser = as_user(rita)

    assert "Odd thing" not in page(browser, kind="reviews.minutes")
    other = page(browser, kind="other")
    assert "Odd thing" in other
    assert "News 000" not in other


def test_queries_do_not_grow_with_the_inbox(rita, told, as_user, count_queries):
    browser = as_user(rita)
    told(1)
    few = count_queries(lambda: page(browser))
    Notice.objects.all().delete()

    told(11)

    assert count_queries(lambda: page(browser)) == few <= 12


def test_of_what_one_may_not_see_any_more_no_word_is_said(rita, otto, lena, as_user):
    deal = OpportunityFactory(owner=rita)
    comment = CommentFactory(opportunity=deal, author=lena)
    draft = Draft(
        "comments.mention",
        "m",
        rita,
        "Secret pumps",
        "The words",
        guard="comment",
        guarded_id=comment.pk,
    )
    post([draft], now=NOW)
    (notice,) = Notice.objects.in_inbox_of(rita).filter(key="m")
    assert "Secret pumps" in page(as_user(rita))

    deal.owner = otto
    deal.save(update_fields=["owner"])

    shown = page(as_user(rita))
    assert "Secret pumps" not in shown
    assert "This is not for you any more." in shown
    item = as_user(rita).get(reverse("notices:inbox_item", args=[notice.pk]))
    assert "The words" not in item.content.decode()
    opened = act(as_user(rita), "open", notice)
    assert opened.status_code == 302
