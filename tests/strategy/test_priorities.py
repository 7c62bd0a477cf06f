"""The top three: said by a leader, read by the people on their first pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from rhythm.notices.kinds import DIGEST
from rhythm.notices.models import Notice
from rhythm.notices.services import Draft, post, send_digests
from rhythm.web.versions import Conflict
from scorecards.strategy.models import Priorities
from scorecards.strategy.selectors import all_of, of_the_top, on_first_page
from scorecards.strategy.services import set_priorities
from tests.two import all_at_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def say(team, by, *lines, now=NOW, until=None, version=0):
    return set_priorities(
        team, lines, until=until, by=by, now=now, shown_version=version
    )


def read_by(person, now=NOW) -> list[tuple[str, list[str]]]:
    return [
        (each.leader, list(each.lines)) for each in on_first_page(person, now=now).shown
    ]


def test_people_read_their_leaders_first_and_then_those_above(
    sales, central, west, vera, lena, rita, otto
):
    say(central, lena, "Visit", "Renew")
    say(sales, vera, "Grow")

    assert read_by(rita) == [("Lena Lang", ["Visit", "Renew"]), ("Vera Voss", ["Grow"])]
    assert read_by(lena) == read_by(rita)
    assert read_by(otto) == read_by(vera) == [("Vera Voss", ["Grow"])]


def test_the_day_they_were_said_is_that_of_the_readers_wall(central, lena, rita):
    say(central, lena, "Visit", now=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))

    [shown] = on_first_page(rita, now=NOW).shown
    assert shown.when == "since 23 Nov"


def test_who_said_them_is_named_where_it_is_not_the_teams_leader(
    central, lena, vera, rita
):
    say(central, vera, "Visit")
    assert on_first_page(rita, now=NOW).shown[0].when == (
        "since 23 Nov, said by Vera Voss"
    )

    say(central, lena, "Renew", version=1)
    assert on_first_page(rita, now=NOW).shown[0].when == "since 23 Nov"


def test_an_executive_reads_what_counts_at_the_top(sales, central, vera, lena, max_):
    say(central, lena, "Visit")
    say(sales, vera, "Grow")

    assert [each.team for each in of_the_top(max_, now=NOW).shown] == ["Sales"]
    assert [each.depth for each in all_of(max_, now=NOW)] == [0, 1]


def test_empty_lines_move_up_and_there_is_no_fourth(central, lena):
    assert say(central, lena, "", " Visit ", "Renew").lines == ["Visit", "Renew"]

    with pytest.raises(IntegrityError), transaction.atomic():
        Priorities.objects.update(first="", second="Alone")


def test_what_is_over_is_shown_to_nobody_and_its_leader_is_asked(central, lena, rita):
    say(central, lena, "Visit", until=TODAY)
    tomorrow = NOW + timedelta(days=1)

    assert read_by(rita) == [("Lena Lang", ["Visit"])]
    assert not read_by(rita, tomorrow)
    assert not on_first_page(rita, now=tomorrow).is_asked
    assert on_first_page(lena, now=tomorrow).is_asked
    assert not on_first_page(lena, now=NOW).is_asked


def test_only_who_leads_the_team_says_them(central, vera, rita, omar, max_, ada):
    say(central, vera, "From above")
    for other in (rita, omar, max_, ada):
        with pytest.raises(PermissionDenied):
            say(central, other, "Mine", version=1)


def test_the_people_are_told_once_a_day_in_their_morning_mail(central, lena, rita):
    say(central, lena, "Visit")
    say(central, lena, "Renew", version=1)
    say(central, lena, "Renew", version=2)

    told = Notice.objects.get(kind="strategy.priorities")
    assert (told.recipient, told.for_digest) == (rita, True)
    # It says where they stand, and not what they were at its time.
    assert "Visit" not in told.subject + told.text
    say(central, lena, "Grow", now=NOW + timedelta(days=1), version=2)
    assert Notice.objects.filter(kind="strategy.priorities").count() == 2


def test_the_later_of_two_is_told_and_loses_nothing(central, lena, as_user):
    say(central, lena, "Hers")
    address = reverse("strategy:priorities_edit", args=[central.pk])
    typed = {"first": "Mine", "second": "", "third": "", "until": "", "version": "0"}

    answer = as_user(lena).post(address, typed)

    assert answer.status_code == 409
    assert "Hers" in answer.text
    assert 'value="Mine"' in answer.text
    assert answer.context["form"]["version"].value() == "1"
    assert as_user(lena).post(address, typed | {"version": "1"}).status_code == 302
    assert Priorities.objects.get().lines == ["Mine"]


def test_a_day_that_is_over_is_refused_beside_it(central, lena, as_user):
    address = reverse("strategy:priorities_edit", args=[central.pk])
    typed = {"first": "Mine", "version": "0", "until": "2020-01-01"}

    answer = as_user(lena).post(address, typed)

    assert answer.status_code == 422
    assert "This day is over" in answer.text
    assert 'value="Mine"' in answer.text


@pytest.mark.parametrize(
    ("name", "person"), [("week", "rita"), ("team_week", "lena"), ("scorecard", "max_")]
)
def test_they_stand_on_first_pages(name, person, sales, central, vera, lena, request):
    say(sales, vera, "Grow <b>now</b>", now=timezone.now())
    page = request.getfixturevalue("as_user")(request.getfixturevalue(person))

    answer = page.get(reverse(f"homes:{name}"))

    assert "Grow &lt;b&gt;now&lt;/b&gt;" in answer.text


def test_what_they_were_is_history(central, lena):
    say(central, lena, "Visit", until=date(2026, 12, 31))
    say(central, lena, "Renew", version=1)

    was = Priorities.events.rel.related_model.objects.get()
    assert (was.first, was.until) == ("Visit", date(2026, 12, 31))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told(central, lena, vera):
    def one(by):
        try:
            return say(central, by, by.name)
        except Conflict:
            return None

    found = all_at_once(lambda: one(lena), lambda: one(vera))

    assert sum(each is not None for each in found) == 1
    assert Priorities.objects.get().version == 1


def test_they_stand_in_the_morning_mail(central, west, lena, vera, rita):
    say(central, lena, "Visit <Hartwell>", "Renew")
    say(west, vera, "Not for Central")
    due = Draft("commitments.due", "x", recipient=rita, subject="S", text="", url="/x/")
    post([due], now=NOW - timedelta(days=1))

    assert send_digests(now=NOW) == 1

    mail = Notice.objects.get(kind=DIGEST.key)
    title = "What counts now: Lena Lang, Central, since 23 Nov"
    assert f"{title}\n1. Visit <Hartwell>\n2. Renew\n" in mail.text
    lines = "<li>Visit &lt;Hartwell&gt;</li><li>Renew</li>"
    assert f"<h2>{title}</h2><ol>{lines}</ol>" in mail.html
    assert "Not for Central" not in mail.text + mail.html
