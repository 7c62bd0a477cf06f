import pytest
from django.urls import reverse

from pipeline.opportunities.models import MilestoneRecord


@pytest.fixture
def edit_url(review, item):
    return reverse("reviews:review_deal_edit", args=[review.pk, item.pk])


@pytest.fixture
def milestone_url(review, item, gate):
    return reverse("reviews:review_milestone", args=[review.pk, item.pk, gate.pk])


def test_the_chair_sets_a_deal_right(as_user, lena, deal, edit_url):
    values = {"next_step": "Call", "amount": "5", "close_on": "2027-01-29"}

    answer = as_user(lena).post(edit_url, values | {"version": deal.version})

    assert answer.status_code == 302
    deal.refresh_from_db()
    assert (deal.next_step, deal.amount) == ("Call", 5)


def test_a_close_date_beyond_all_plans_is_refused(as_user, lena, deal, edit_url):
    values = {"close_on": "9999-01-01", "version": deal.version}

    answer = as_user(lena).post(edit_url, values)

    assert answer.status_code == 422
    assert "between 1970 and 2200" in answer.content.decode()


def test_whoever_comes_second_sees_both_values(as_user, lena, deal, edit_url):
    values = {"next_step": "Mine", "close_on": "2027-01-29", "version": 0}

    answer = as_user(lena).post(edit_url, values)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>29 Jan 2027</td>" in page
    assert f'name="version" value="{deal.version}"' in page


def test_a_milestone_is_recorded_where_it_stands(as_user, lena, gate, milestone_url):
    browser = as_user(lena)
    assert browser.get(milestone_url).status_code == 200

    values = {"is_met": "on", "answer": "180000", "evidence": "A mail", "version": 0}
    answer = browser.post(milestone_url, values)

    assert answer.status_code == 302
    record = MilestoneRecord.objects.get(milestone=gate)
    assert (record.is_met, record.evidence) == (True, "A mail")


def test_a_milestone_of_tomorrow_is_refused(as_user, lena, milestone_url):
    values = {"is_met": "on", "answer": "1", "done_on": "2199-01-01", "version": 0}

    answer = as_user(lena).post(milestone_url, values)

    assert answer.status_code == 422
    assert "still to come" in answer.content.decode()
    assert not MilestoneRecord.objects.exists()
