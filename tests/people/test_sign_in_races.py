"""Guessing a password from many sides at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connections
from django.test import Client

from rhythm.people.models import User

ATTEMPTS = 24


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_count_as_one_after_the_other(rita, monkeypatch):
    cache.clear()
    rita.set_password("a quiet river 7")
    rita.save(update_fields=["password"])
    checked = []
    hasher = type(hashers.get_hasher("default"))
    encode = hasher.encode

    def counted(*args: str) -> str:
        checked.append(args)
        return str(encode(*args))

    monkeypatch.setattr(hasher, "encode", counted)
    together = threading.Barrier(ATTEMPTS)

    def guess(number: int) -> int:
        try:
            # Each from another address, so that only the account's own limit holds.
            browser = Client(REMOTE_ADDR=f"198.51.100.{number}")
            together.wait(120)
            form = {"login": rita.email, "password": f"wrong {number}"}
            return browser.post("/accounts/login/", form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(ATTEMPTS) as pool:
        answers = list(pool.map(guess, range(ATTEMPTS)))

    assert len(checked) <= 5
    assert all(code < 500 for code in answers)
    assert User.objects.get(pk=rita.pk).is_active
