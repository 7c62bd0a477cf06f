import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from pipeline.activities.models import EDIT_WINDOW, Activity
from pipeline.opportunities.services import set_next_step
from tests.factories.activities import ActivityFactory

HTMX = {"HX-Request": "true"}
URL = reverse("activities:log")


def test_an_entry_can_be_changed_for_a_week(as_user, rita, ritas_deal, values):
    browser = as_user(rita)
    browser.post(URL, values)
    made = Activity.objects.get_queryset().get()
    url = reverse("activities:activity_edit", args=[made.pk])
    assert "Change activity" in browser.get(url).content.decode()

    answer = browser.post(url, values | {"outcome": "Better", "version": 1})

    made.refresh_from_db()
    assert answer.status_code == 302
    assert made.outcome == "Better"
    with time_machine.travel(timezone.now() + EDIT_WINDOW, tick=False):
        late = as_user(rita).get(url)
        assert late.status_code == 403
        assert "stays as it is" in late.content.decode()


def test_undo_brings_back_the_next_step_too(as_user, rita, ritas_deal, values):
    day = (rita.today(timezone.now()) + timedelta(days=5)).isoformat()
    browser = as_user(rita)
    before = ritas_deal.next_step_on

    page = browser.post(
        URL, values | {"next_step": "Survey", "next_step_on": day}, follow=True
    )
    [undo] = re.findall(r'action="(/activities/[^"]+/remove/[^"]*)"', str(page.content))
    browser.post(undo.replace("&amp;", "&"))

    ritas_deal.refresh_from_db()
    assert (ritas_deal.next_step, ritas_deal.next_step_on) == ("Call", before)
    assert not Activity.objects.visible_to(rita).exists()


def test_undo_leaves_a_next_step_that_changed_meanwhile(
    as_user, rita, ritas_deal, values
):
    day = (rita.today(timezone.now()) + timedelta(days=5)).isoformat()
    browser = as_user(rita)
    page = browser.post(
        URL, values | {"next_step": "Survey", "next_step_on": day}, follow=True
    )
    [undo] = re.findall(r'action="(/activities/[^"]+/remove/[^"]*)"', str(page.content))
    set_next_step(ritas_deal, text="Lena's idea", on=None, by=rita)

    browser.post(undo)

    ritas_deal.refresh_from_db()
    assert ritas_deal.next_step == "Lena's idea"


def test_a_forged_undo_only_removes(as_user, rita, ritas_deal):
    made = ActivityFactory(opportunity=ritas_deal)
    url = reverse("activities:activity_remove", args=[made.pk])

    as_user(rita).post(f"{url}?was=forged")

    ritas_deal.refresh_from_db()
    assert ritas_deal.next_step == "Call"
    assert not Activity.objects.visible_to(rita).exists()


def test_a_stale_change_shows_both_and_loses_nothing(as_user, rita, values):
    browser = as_user(rita)
    browser.post(URL, values)
    made = Activity.objects.get_queryset().get()
    url = reverse("activities:activity_edit", args=[made.pk])
    browser.post(url, values | {"outcome": "First", "version": 1})

    stale = browser.post(url, values | {"outcome": "Second", "version": 1})

    page = stale.content.decode()
    assert stale.status_code == 409
    assert "First" in page
    assert "Second" in page
    made.refresh_from_db()
    assert made.outcome == "First"
    browser.post(url, values | {"outcome": "Second", "version": 2, "overwrite": "1"})
    made.refresh_from_db()
    assert made.outcome == "Second"


def test_what_is_removed_can_be_brought_back(as_user, rita, ritas_deal):
    made = ActivityFactory(opportunity=ritas_deal)
    browser = as_user(rita)

    browser.post(reverse("activities:activity_remove", args=[made.pk]))
    assert not Activity.objects.visible_to(rita).exists()

    browser.post(reverse("activities:activity_put_back", args=[made.pk]))
    assert Activity.objects.visible_to(rita).exists()


@pytest.mark.parametrize(("who", "status"), [("lena", 403), ("otto", 404)])
def test_others_do_not_change_it(as_user, ritas_deal, who, status, request):
    made = ActivityFactory(opportunity=ritas_deal)
    browser = as_user(request.getfixturevalue(who))

    for name in ("activity_edit", "activity_remove", "activity_put_back"):
        url = reverse(f"activities:{name}", args=[made.pk])
        assert browser.post(url).status_code == status
