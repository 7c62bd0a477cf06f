"""Two people at the same moment, on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from rhythm.people import services
from rhythm.people.models import Invitation, Membership, Team, User
from tests.factories.people import TeamFactory, UserFactory
from tests.two import while_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def at_once[T](acts: list[Callable[[], T]]) -> list[T | Exception]:
    """Call all at the same moment and return what each returned or raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Exception:
        try:
            barrier.wait(timeout=120)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_admins_who_deactivate_each_other_leave_one(ada):
    bob = UserFactory(is_admin=True)
    now = timezone.now()

    at_once(
        [
            lambda: services.deactivate(ada, by=bob, now=now),
            lambda: services.deactivate(bob, by=ada, now=now),
        ]
    )

    assert User.objects.filter(is_admin=True, is_active=True).count() == 1


def test_two_moves_cannot_form_a_circle(organisation):
    today = timezone.now().date()
    one, two = TeamFactory(name="One"), TeamFactory(name="Two")

    def below(team: Team, parent: Team) -> Team:
        return services.edit_team(
            team,
            name=team.name,
            parent=parent,
            manager=None,
            today=today,
            shown_version=1,
        )

    results = at_once([lambda: below(one, two), lambda: below(two, one)])

    refused = [each for each in results if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [ValidationError]
    assert Team.objects.filter(parent=None).count() == 1


def test_a_link_used_ten_times_at_once_lets_in_once(rita, ada):
    link = services.invite(rita, by=ada, now=timezone.now())
    token = link.rstrip("/").rpartition("/")[2]

    def accept(number: int) -> Callable[[], User]:
        password = f"a quiet river {number}"
        return lambda: services.accept(token, password, now=timezone.now())

    results = at_once([accept(number) for number in range(10)])

    assert sum(isinstance(each, User) for each in results) == 1
    over = [each for each in results if isinstance(each, Exception)]
    assert {type(each) for each in over} == {Invitation.DoesNotExist}


def test_equal_forms_at_once_make_one_team(ada):
    """Twelve browsers send the same form, as retries and double clicks do."""
    session = Client()
    session.force_login(ada)
    cookies = session.cookies

    def send() -> int:
        browser = Client()
        browser.cookies = cookies
        return browser.post("/people/teams/new/", {"name": "North"}).status_code

    answers = at_once([send] * 12)

    assert Team.objects.filter(name="North").count() == 1
    assert answers.count(302) == 1
    assert answers.count(422) == 11


def test_guesses_at_the_same_moment_count_too(rita, monkeypatch: Any):
    rita.set_password("a quiet river 7")
    rita.save(update_fields=["password"])
    counted: list[int] = []
    hasher = type(hashers.get_hasher("default"))
    encode = hasher.encode

    def counting(*args: Any, **kwargs: Any) -> Any:
        counted.append(1)
        return encode(*args, **kwargs)

    monkeypatch.setattr(hasher, "encode", counting)

    def guess(number: int) -> Callable[[], int]:
        # Each from an address of its own, so that only the account's limit holds.
        browser = Client(REMOTE_ADDR=f"10.0.0.{number}")
        form = {"login": rita.email, "password": f"wrong {number}"}
        return lambda: browser.post("/accounts/login/", form).status_code

    answers = at_once([guess(number) for number in range(24)])

    assert set(answers) == {200}
    assert len(counted) <= 5


def test_a_manager_of_two_new_teams_comes_into_one_team_above(organisation):
    today = timezone.now().date()
    boss, one, two = UserFactory(), TeamFactory(name="One"), TeamFactory(name="Two")

    def lead(name: str, parent: Team) -> Team:
        return services.create_team(name, parent=parent, manager=boss, today=today)

    while_waiting(lambda: lead("A", one), lambda: lead("B", two))

    assert [each.team for each in Membership.objects.present()] == [two]


def test_a_team_deleted_meanwhile_is_not_edited(organisation):
    today, team = timezone.now().date(), TeamFactory(name="North")

    def edit() -> str:
        try:
            services.edit_team(
                team,
                name="South",
                parent=None,
                manager=None,
                today=today,
                shown_version=1,
            )
        except ValidationError as error:
            return str(error.messages[0])
        return "saved"

    ended = while_waiting(lambda: services.delete_team(team), edit)
    assert ended == "This team was deleted meanwhile."
