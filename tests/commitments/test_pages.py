from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from rhythm.commitments import services
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.commitments.selectors.rates import KeptRate, kept_rates
from tests.factories.meetings import CommitmentFactory, MeetingFactory

HTMX = {"HX-Request": "true"}
LIST = reverse("commitments:commitment_list")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def today(rita):
    return rita.today(timezone.now())


@pytest.fixture
def promise(rita, lena, today) -> Commitment:
    return CommitmentFactory(
        promiser=rita, receiver=lena, due_on=today + timedelta(days=1)
    )


def act(browser, name, commitment, values=(), **more):
    seen = {"version": commitment.version} | dict(values)
    return browser.post(
        reverse(f"commitments:{name}", args=[commitment.pk]), seen, **more
    )


def test_the_list_shows_due_later_promised_and_kept(as_user, rita, lena, today):
    CommitmentFactory(what="Late", promiser=rita, due_on=today - timedelta(days=3))
    CommitmentFactory(what="Today", promiser=rita, due_on=today)
    CommitmentFactory(what="Soon", promiser=rita, due_on=today + timedelta(days=3))
    CommitmentFactory(what="Hers", promiser=lena, receiver=rita)
    CommitmentFactory(what="Did it", promiser=rita, state="kept", kept_on=today)

    page = as_user(rita).get(LIST).content.decode()

    order = [
        "2 due now",
        "Due and overdue",
        "Late",
        "Broken, was due",
        "Today",
        "Later",
    ]
    order += ["Soon", "Promised to me", "Hers", "Kept lately", "Did it"]
    places = [page.index(each) for each in order]
    assert places == sorted(places)


@pytest.mark.parametrize("view", ["mine", "to_me", "team", "done", "nonsense"])
def test_empty_lists_teach(as_user, lena, central, view):
    answer = as_user(lena).get(LIST, {"view": view})

    assert answer.status_code == 200
    assert "rh-empty" in answer.content.decode()


def test_a_leader_sees_the_open_ones_of_the_team(as_user, lena, promise, otto):
    other = CommitmentFactory(what="Elsewhere", promiser=otto)

    page = as_user(lena).get(LIST, {"view": "team"}).content.decode()

    assert promise.what in page
    assert other.what not in page


def test_the_list_pages_by_key(as_user, rita, today):
    for number in range(30):
        CommitmentFactory(
            what=f"Number {number:02}",
            promiser=rita,
            due_on=today + timedelta(days=1 + number // 10),
        )
    browser = as_user(rita)

    first = browser.get(LIST)
    second = browser.get(LIST, {"after": first.context["lists"].after})

    shown = [row.what for row in first.context["lists"].later]
    shown += [row.what for row in second.context["lists"].later]
    assert shown == [f"Number {number:02}" for number in range(30)]
    assert second.context["lists"].after == ""


@pytest.mark.parametrize("after", ["x", "2026-13-45.1", "2026-11-19.²", "9999-12-31."])
def test_a_broken_page_address_shows_the_first_page(as_user, rita, promise, after):
    assert promise.what in as_user(rita).get(LIST, {"after": after}).content.decode()


@pytest.mark.parametrize("view", ["mine", "to_me", "team", "done"])
def test_queries_do_not_grow_with_the_list(
    as_user, rita, lena, central, today, count_queries, view
):
    browser = as_user(lena)

    def some(number):
        for _ in range(number):
            meeting = MeetingFactory(team=central, chair=lena)
            CommitmentFactory(promiser=lena, receiver=rita, made_in=meeting)
            CommitmentFactory(promiser=rita, receiver=lena, made_in=meeting)
            asked = CommitmentFactory(promiser=rita, receiver=lena)
            services.ask_new_date(
                asked,
                today + timedelta(days=20),
                "Ill",
                by=rita,
                now=timezone.now(),
            )
            CommitmentFactory(promiser=lena, receiver=rita, state="kept", kept_on=today)

    some(1)
    few = count_queries(lambda: browser.get(LIST, {"view": view}))
    some(10)
    many = count_queries(lambda: browser.get(LIST, {"view": view}))

    assert many == few
    assert many <= 12


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_keeping_from_the_list(as_user, rita, promise, headers):
    browser = as_user(rita)

    answer = act(browser, "keep", promise, {"version": 1}, headers=headers)

    promise.refresh_from_db()
    assert promise.state == CommitmentState.KEPT
    if headers:
        assert f'id="commitment-{promise.pk}"' in answer.content.decode()
        assert "<html" not in answer.content.decode()
        assert "undo-keep" in answer.headers["HX-Trigger"]
    else:
        assert answer.status_code == 302


def test_undo_opens_it_again_and_goes_back(as_user, rita, promise):
    browser = as_user(rita)
    act(browser, "keep", promise)

    answer = act(browser, "undo_keep", promise, {"next": LIST})

    promise.refresh_from_db()
    assert promise.state == CommitmentState.OPEN
    assert answer.headers["Location"] == LIST


@pytest.mark.parametrize("where", ["//evil.example", "https:evil", "/\\evil.example"])
def test_undo_never_leads_elsewhere(as_user, rita, promise, where):
    answer = act(as_user(rita), "keep", promise, {"next": where})

    assert answer.headers["Location"].startswith("/commitments/")


def test_a_row_that_is_not_current_is_shown_as_it_is_now(as_user, rita, lena, promise):
    services.drop(promise, "The deal is lost", by=lena)

    answer = act(as_user(rita), "keep", promise, {"version": 1}, headers=HTMX)

    assert answer.status_code == 409
    assert "changed this meanwhile" in answer.content.decode()
    assert "Dropped" in answer.content.decode()


def test_asking_and_agreeing_moves_the_date_and_tells_its_history(
    as_user, rita, lena, promise, today
):
    old, new = promise.due_on, today + timedelta(days=9)
    ask = {"new_due_on": new.isoformat(), "reason": HOSTILE}
    asked = act(as_user(rita), "new_date", promise, ask)
    assert asked.status_code == 302
    request = promise.date_requests.get()
    waiting = as_user(lena).get(LIST).content.decode()
    assert "New dates to answer" in waiting
    assert HOSTILE not in waiting

    url = reverse("commitments:answer", args=[promise.pk, request.pk])
    as_user(lena).post(url, {"accept": "1"}, headers=HTMX)

    promise.refresh_from_db()
    assert promise.due_on == new
    page = as_user(rita).get(promise.get_absolute_url())
    line = next(each for each in page.context["history"] if each.old)
    assert str(old.day) in line.old
    assert str(new.day) in line.new
    assert line.by.startswith("Lena Lang")
    assert HOSTILE not in page.content.decode()


def test_a_refused_request_says_so_in_the_history(as_user, rita, lena, promise, today):
    new = today + timedelta(days=9)
    request = services.ask_new_date(promise, new, "Ill", by=rita, now=timezone.now())
    url = reverse("commitments:answer", args=[promise.pk, request.pk])

    as_user(lena).post(url, {"accept": "0"})

    page = as_user(rita).get(promise.get_absolute_url())
    assert next(each.text for each in page.context["history"]) == "The date stays"


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "day", ["", "yesterday", "0001-01-01", "9999-12-31", "2026-02-31"]
)
def test_a_date_that_makes_no_sense_is_refused_beside_the_field(
    as_user, rita, promise, day, headers
):
    answer = act(
        as_user(rita),
        "new_date",
        promise,
        {"new_due_on": day, "reason": "They are ill"},
        headers=headers,
    )

    assert answer.status_code == 422
    assert "new_due_on" in answer.context["form"].errors
    assert "They are ill" in answer.content.decode()
    assert not promise.date_requests.exists()


def test_the_receiver_drops_it_with_a_reason(as_user, lena, promise):
    browser = as_user(lena)
    assert act(browser, "drop", promise, {"reason": " "}).status_code == 422

    act(browser, "drop", promise, {"reason": "The deal is lost", "version": 1})

    promise.refresh_from_db()
    assert promise.state == CommitmentState.DROPPED


def test_dropping_what_changed_meanwhile_shows_it_first(as_user, lena, rita, promise):
    promise.version = 3
    promise.save(update_fields=["version"])

    answer = act(as_user(lena), "drop", promise, {"reason": "Lost", "version": 1})

    assert answer.status_code == 409
    assert 'value="3"' in answer.content.decode()
    assert "Lost" in answer.content.decode()


@pytest.mark.parametrize("name", ["keep", "undo_keep", "new_date"])
def test_only_the_promiser_keeps_or_moves_it(as_user, lena, promise, name):
    assert act(as_user(lena), name, promise).status_code == 403


@pytest.mark.parametrize("name", ["keep", "undo_keep", "new_date", "drop"])
def test_others_do_not_know_of_it(as_user, otto, promise, name):
    browser = as_user(otto)

    assert browser.get(promise.get_absolute_url()).status_code == 404
    assert act(browser, name, promise).status_code == 404


def new(rita, lena, today, **changes):
    values = {
        "what": "Send the offer",
        "promiser": rita.pk,
        "receiver": lena.pk,
        "due_on": today.isoformat(),
        "submission_key": str(uuid4()),
    }
    return values | changes


def test_a_new_commitment_by_form_is_made_once(as_user, rita, lena, today):
    values = new(rita, lena, today)
    browser = as_user(rita)
    url = reverse("commitments:commitment_create")

    first, second = browser.post(url, values), browser.post(url, values)

    assert first.headers["Location"] == second.headers["Location"]
    assert Commitment.objects.count() == 1


def test_nobody_promises_for_a_peer(as_user, rita, otto, today):
    url = reverse("commitments:commitment_create")

    answer = as_user(rita).post(url, new(otto, rita, today))

    assert answer.status_code == 422
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"what": ""}, {"what": "x" * 10_000}, {"due_on": "0001-01-01"}, {"receiver": "x"}],
)
def test_a_refused_commitment_keeps_what_was_typed(as_user, rita, lena, today, changes):
    url = reverse("commitments:commitment_create")
    values = new(rita, lena, today, **changes)

    answer = as_user(rita).post(url, values, headers=HTMX)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == changes.keys()
    assert values["what"] in answer.content.decode()


def test_words_are_escaped_everywhere(as_user, rita, lena, promise):
    promise.what = promise.about = HOSTILE
    promise.about_url = "/pipeline/1/"
    promise.save()
    browser = as_user(rita)

    for url in (LIST, promise.get_absolute_url()):
        page = browser.get(url).content.decode()
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


def test_the_kept_rate_counts_what_was_due(rita, today):
    def one(due, **more):
        CommitmentFactory(promiser=rita, due_on=today + timedelta(days=due), **more)

    one(-2, state="kept", kept_on=today - timedelta(days=3))
    one(-2, state="kept", kept_on=today)
    one(-2)
    one(-2, state="dropped", drop_reason="Lost")
    one(0)
    one(0, state="kept", kept_on=today)
    one(2)
    one(-60)

    rates = kept_rates([rita], since=today - timedelta(days=28), today=today)

    assert rates == {rita.pk: KeptRate(kept=2, due=4)}
    assert rates[rita.pk].share == 0.5


def test_nothing_due_is_no_rate(rita, today):
    rates = kept_rates([rita], since=today, today=today)

    assert rates[rita.pk].share is None
