from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.activities.models import Activity
from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityContactFactory,
    OpportunityFactory,
)

HTMX = {"HX-Request": "true"}
URL = reverse("activities:log")
HOSTILE = "<script>alert(1)</script>"


def over(path: str) -> dict[str, str]:
    """Return the headers of a sheet that opened over the page at `path`."""
    return HTMX | {"HX-Current-URL": f"http://testserver{path}"}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_kind_and_deal_are_enough(as_user, rita, ritas_deal, values, headers):
    answer = as_user(rita).post(URL, values, headers=headers)

    made = Activity.objects.get_queryset().get()
    assert made.opportunity == ritas_deal
    assert made.owner == rita
    if headers:
        assert answer.status_code == 204
        events = answer.headers["HX-Trigger"]
        assert "sheet:close" in events
        assert "activities:changed" in events
        assert f"/activities/{made.pk}/remove/" in events
    else:
        assert answer.headers["Location"] == reverse("activities:activity_list")


def test_everything_in_one_go(as_user, rita, ritas_deal, values):
    known = ContactFactory(account=ritas_deal.account)
    friday = rita.today(timezone.now()) + timedelta(days=5)
    more = {
        "outcome": "They bring the maintenance lead",
        "minutes": "45",
        "contacts": [known.pk],
        "new_contact": "Maeve Doyle",
        "next_step": "Survey on site",
        "next_step_on": friday.isoformat(),
    }

    as_user(rita).post(URL, values | more)

    made = Activity.objects.get_queryset().get()
    ritas_deal.refresh_from_db()
    assert made.outcome == "They bring the maintenance lead"
    assert made.minutes == 45
    assert made.contacts.count() == 2
    assert (ritas_deal.next_step, ritas_deal.next_step_on) == (
        "Survey on site",
        friday,
    )


def test_sending_twice_makes_one(as_user, rita, values):
    browser = as_user(rita)

    answers = [browser.post(URL, values) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Activity.objects.get_queryset().count() == 1


def test_a_page_that_shows_activities_is_loaded_again(as_user, rita, values):
    answer = as_user(rita).post(URL, values, headers=over("/activities/"))

    assert answer.headers["HX-Refresh"] == "true"


def test_a_running_review_is_left_alone(as_user, rita, values):
    answer = as_user(rita).post(URL, values, headers=over("/reviews/4/"))

    assert answer.status_code == 204


@pytest.mark.parametrize("query", ["?opportunity={deal.pk}", "?account={account.pk}"])
def test_the_address_chooses_deal_or_account(as_user, rita, ritas_deal, kinds, query):
    account = ritas_deal.account
    ContactFactory(account=account, name="Lars Brennecke")
    address = URL + query.format(deal=ritas_deal, account=account)

    page = as_user(rita).get(address).content.decode()

    assert "checked" in page
    assert "Lars Brennecke" in page


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "1; drop", "-1", "²"])
def test_a_broken_address_chooses_nothing(as_user, rita, kinds, pk):
    answer = as_user(rita).get(URL, {"opportunity": pk})

    assert answer.status_code == 200
    assert " checked" not in answer.content.decode()


def test_recent_deals_and_accounts_are_offered_first(as_user, rita, otto, kinds):
    latest = timezone.now()
    deals = [OpportunityFactory(owner=rita, name=f"Mine {n}") for n in range(6)]
    account = AccountFactory(name="Fell Breweries")
    for days, deal in enumerate(deals[:3]):
        ActivityFactory(opportunity=deal, happened_at=latest - timedelta(days=days))
    ActivityFactory(
        opportunity=None,
        account=account,
        owner=rita,
        happened_at=latest - timedelta(hours=1),
    )
    OpportunityFactory(owner=otto, name="Elsewhere")

    shown = as_user(rita).get(URL).context["recent"]

    titles = [subject.title for subject in shown]
    assert titles[:4] == ["Mine 0", "Fell Breweries", "Mine 1", "Mine 2"]
    assert len(titles) == 5
    assert "Elsewhere" not in titles


def test_search_finds_own_deals_and_accounts(as_user, rita, otto, ritas_deal, kinds):
    other = OpportunityFactory(owner=otto, name="Brennecke of Otto")
    url = reverse("activities:subject_options")

    page = as_user(rita).get(url, {"q": "bren"}).content.decode()

    assert f'value="deal:{ritas_deal.pk}"' in page
    assert f'value="account:{ritas_deal.account.pk}"' in page
    assert other.name not in page


@pytest.mark.parametrize(
    "text", ["", " ", "%", "'; --", "\0", "x" * 10_000, "'", "&|!"]
)
def test_any_text_can_be_searched_for(as_user, rita, ritas_deal, text):
    url = reverse("activities:subject_options")

    assert as_user(rita).get(url, {"q": text}).status_code == 200


def test_the_people_of_deal_and_account_are_offered(as_user, rita, otto, ritas_deal):
    ContactFactory(account=ritas_deal.account, name="Lars Brennecke")
    OpportunityContactFactory(
        opportunity=ritas_deal, contact=ContactFactory(name="The consultant")
    )
    ContactFactory(name="A stranger")
    url = reverse("activities:people_options")

    def asked(person):
        return as_user(person).get(url, {"subject": f"deal:{ritas_deal.pk}"})

    assert [each.name for each in asked(rita).context["people"]] == [
        "Lars Brennecke",
        "The consultant",
    ]
    assert asked(otto).context["people"] == []


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": ""}),
        ("kind", {"kind": "999999999999999999999"}),
        ("subject", {"subject": ""}),
        ("subject", {"subject": "deal:0"}),
        ("subject", {"subject": "team:1"}),
        ("outcome", {"outcome": "x" * 10_000}),
        ("minutes", {"minutes": "0"}),
        ("minutes", {"minutes": "-1"}),
        ("minutes", {"minutes": "1000000000"}),
        ("minutes", {"minutes": "half an hour"}),
        ("happened_at", {"happened_at": "0001-01-01T00:00"}),
        ("happened_at", {"happened_at": "9999-12-31T23:59"}),
        ("happened_at", {"happened_at": "2026-02-31T10:00"}),
        ("next_step_on", {"next_step": "Call", "next_step_on": "0001-01-01"}),
        ("next_step_on", {"next_step": "Call", "next_step_on": "9999-12-31"}),
        ("next_step_on", {"next_step": "Call"}),
        ("next_step", {"next_step_on": "2030-01-01"}),
        ("next_step", {"next_step": "x" * 10_000, "next_step_on": "2030-01-01"}),
        ("new_contact", {"new_contact": "x" * 10_000}),
        ("contacts", {"contacts": "0"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept(
    as_user, rita, values, field, changes, headers
):
    values["outcome"] = "They agree"

    answer = as_user(rita).post(URL, values | changes, headers=headers)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    page = answer.content.decode()
    assert ("They agree" in page) or field == "outcome"
    assert not Activity.everything.exists()


def test_a_moment_to_come_is_for_the_next_step(as_user, rita, values):
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))

    answer = as_user(rita).post(
        URL, values | {"happened_at": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    )

    assert "Plan it as the next step" in answer.content.decode()


def test_the_time_is_that_of_the_persons_zone(as_user, rita, values):
    rita.time_zone = "America/New_York"
    rita.save(update_fields=["time_zone"])

    as_user(rita).post(URL, values | {"happened_at": "2026-01-15T09:30"})

    made = Activity.objects.get_queryset().get()
    assert f"{made.happened_at:%H:%M}" == "14:30"


@pytest.mark.parametrize("who", ["otto", "max_"])
def test_nobody_logs_on_what_is_not_theirs(as_user, values, who, request):
    person = request.getfixturevalue(who)

    answer = as_user(person).post(URL, values)

    assert answer.status_code == (403 if who == "max_" else 422)
    assert not Activity.everything.exists()


def test_a_closed_deal_takes_no_next_step_but_an_activity(
    as_user, rita, values, ritas_deal
):
    today = rita.today(timezone.now())
    ritas_deal.closed_on, ritas_deal.outcome = today, "won"
    ritas_deal.closed_from = ritas_deal.stage
    ritas_deal.save()
    browser = as_user(rita)

    with_step = {"next_step": "Call", "next_step_on": today.isoformat()}
    refused = browser.post(URL, values | with_step)
    taken = browser.post(URL, values)

    assert refused.status_code == 422
    assert "closed" in refused.content.decode()
    assert taken.status_code == 302


def test_words_are_escaped(as_user, rita, values, ritas_deal):
    ritas_deal.name = f"Line {HOSTILE}"
    ritas_deal.save()
    ContactFactory(account=ritas_deal.account, name=HOSTILE, title=HOSTILE)
    browser = as_user(rita)

    answers = [
        browser.get(URL, {"opportunity": ritas_deal.pk}),
        browser.post(URL, values | {"outcome": HOSTILE, "minutes": "x"}),
        browser.get(reverse("activities:subject_options"), {"q": "line"}),
    ]
    browser.post(URL, values | {"outcome": HOSTILE}, headers=HTMX)
    answers.append(browser.get(reverse("activities:activity_list")))

    for answer in answers:
        assert HOSTILE not in answer.content.decode()
        assert "&lt;script&gt;" in answer.content.decode()


def test_the_sheet_costs_the_same_with_more_deals(
    as_user, rita, kinds, count_queries, ritas_deal
):
    browser = as_user(rita)

    def some(number):
        for _ in range(number):
            deal = OpportunityFactory(owner=rita)
            ActivityFactory(opportunity=deal)
            ContactFactory(account=ritas_deal.account)

    def ask():
        browser.get(URL, {"opportunity": ritas_deal.pk}, headers=HTMX)

    some(1)
    few = count_queries(ask)
    some(10)
    many = count_queries(ask)

    assert many == few
    assert many <= 8


def test_without_a_script_sending_the_form_searches(as_user, rita, ritas_deal, values):
    answer = as_user(rita).post(URL, values | {"subject": "", "q": "brenn"})

    assert answer.status_code == 422
    found = [subject.title for subject in answer.context["matches"]]
    assert found == ["Line 2", "Brennecke Logistics"]
