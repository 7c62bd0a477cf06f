"""Environments that must not boot, and what those that boot amount to."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from rhythm import environment
from rhythm.environment import InvalidEnvironment
from rhythm.host.folders import ROOT

SOUND = {
    "SECRET_KEY": "t7Yh2-kQw9_ZpL4xVb8NcR3mJf6SdG1aHu5EoTiXyBqWzKvMnCrPjDgF",
    "APP_BASE_URL": "https://rhythm.example.com",
    "DATABASE_URL": "postgresql://rhythm:word@db:5432/rhythm",
    "REDIS_URL": "redis://broker:6379/0",
}
ABSENT = None
# What is changed in a sound environment, and what the refusal must name.
BROKEN = {
    "no secret": ({"SECRET_KEY": ABSENT}, "SECRET_KEY"),
    "empty secret": ({"SECRET_KEY": ""}, "SECRET_KEY"),
    "short secret": ({"SECRET_KEY": "kX9-qw7_Zp"}, "SECRET_KEY"),
    "secret of one letter": ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
    "secret of few letters": ({"SECRET_KEY": "abcabc" * 12}, "SECRET_KEY"),
    "placeholder secret": (
        {"SECRET_KEY": "changeme-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"},
        "SECRET_KEY",
    ),
    "Django's own secret": (
        {"SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyzABCDE"},
        "SECRET_KEY",
    ),
    "weak old secret": ({"SECRET_KEY_FALLBACKS": "old"}, "SECRET_KEY_FALLBACKS"),
    "no address": ({"APP_BASE_URL": ABSENT}, "APP_BASE_URL"),
    "address without encryption": (
        {"APP_BASE_URL": "http://rhythm.example.com"},
        "APP_BASE_URL",
    ),
    "address without scheme": ({"APP_BASE_URL": "rhythm.example.com"}, "APP_BASE_URL"),
    "address with a path": (
        {"APP_BASE_URL": "https://example.com/rhythm"},
        "APP_BASE_URL",
    ),
    "address with a query": ({"APP_BASE_URL": "https://example.com?a=1"}, "APP_BASE"),
    "address with a password": (
        {"APP_BASE_URL": "https://me:word@example.com"},
        "APP_BASE_URL",
    ),
    "address that is none": ({"APP_BASE_URL": "https://[::1"}, "APP_BASE_URL"),
    "script for an address": ({"APP_BASE_URL": "javascript:alert(1)"}, "APP_BASE_URL"),
    "any host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    "any host among others": ({"ALLOWED_HOSTS": "a.example, *"}, "ALLOWED_HOSTS"),
    "any host of a zone": ({"ALLOWED_HOSTS": ".com"}, "ALLOWED_HOSTS"),
    "webhook host that is an address": (
        {"RHYTHM_WEBHOOK_HOSTS": "https://chat.lan"},
        "RHYTHM_WEBHOOK_HOSTS",
    ),
    "webhook host with a port that is none": (
        {"RHYTHM_WEBHOOK_HOSTS": "chat.lan:x"},
        "RHYTHM_WEBHOOK_HOSTS",
    ),
    "simulated clock in production": (
        {"RHYTHM_SIMULATED_CLOCK": "2026-11-23T06:00:00+00:00 600"},
        "RHYTHM_SIMULATED_CLOCK is for try-outs",
    ),
    "simulated clock without a zone": (
        {"RHYTHM_SIMULATED_CLOCK": "2026-11-23T06:00:00 600"},
        "RHYTHM_SIMULATED_CLOCK is a moment",
    ),
    "simulated clock that stands still": (
        {"RHYTHM_SIMULATED_CLOCK": "2026-11-23T06:00:00+00:00 0"},
        "RHYTHM_SIMULATED_CLOCK is a moment",
    ),
    "ticks without a pause": ({"RHYTHM_TICK_SECONDS": "0"}, "RHYTHM_TICK_SECONDS"),
    "short token for metrics": (
        {"RHYTHM_METRICS_TOKEN": "kX9-qw7_Zp"},
        "RHYTHM_METRICS_TOKEN is too weak: at least 32",
    ),
    "token of one letter": ({"RHYTHM_METRICS_TOKEN": "a" * 40}, "RHYTHM_METRICS_TOKEN"),
    "token of two words": (
        {"RHYTHM_METRICS_TOKEN": "t7Yh2-kQw9_ZpL4xVb8N cR3mJf6SdG1aHu5EoTi"},
        "RHYTHM_METRICS_TOKEN must fit",
    ),
    "no database": ({"DATABASE_URL": ABSENT}, "DATABASE_URL"),
    "another database": ({"DATABASE_URL": "sqlite:///rhythm.db"}, "DATABASE_URL"),
    "database without a name": ({"DATABASE_URL": "postgresql://db"}, "DATABASE_URL"),
    "port that is none": ({"DATABASE_URL": "postgresql://db:x/y"}, "DATABASE_URL"),
    "no broker": ({"REDIS_URL": ABSENT}, "REDIS_URL"),
    "another broker": ({"REDIS_URL": "amqp://broker"}, "REDIS_URL"),
    "another kind of mail": ({"EMAIL_URL": "http://mail"}, "EMAIL_URL"),
    "mail without a host": ({"EMAIL_URL": "smtp://"}, "EMAIL_URL"),
    "unknown profile": ({"RHYTHM_PROFILE": "debug"}, "RHYTHM_PROFILE"),
    "yes or no": ({"RHYTHM_ADMIN_SITE": "perhaps"}, "RHYTHM_ADMIN_SITE"),
    "number that is none": ({"RHYTHM_PROXIES": "some"}, "RHYTHM_PROXIES"),
    "fewer than no proxies": ({"RHYTHM_PROXIES": "-1"}, "RHYTHM_PROXIES"),
    "time that is none": ({"RHYTHM_STATEMENT_SECONDS": "15s"}, "RHYTHM_STATEMENT"),
    "no time at all": ({"RHYTHM_IMPORT_LEASE_SECONDS": "0"}, "IMPORT_LEASE"),
    "demo in production": ({"RHYTHM_DEMO": "1"}, "RHYTHM_DEMO"),
}


def changed(changes: dict[str, str | None]) -> dict[str, str]:
    both = {**SOUND, **changes}
    return {name: value for name, value in both.items() if value is not None}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_environment_does_not_boot(name):
    changes, word = BROKEN[name]

    with pytest.raises(InvalidEnvironment, match=word):
        environment.read(changed(changes))


def test_every_problem_is_told_at_once():
    with pytest.raises(InvalidEnvironment) as refusal:
        environment.read({})

    for name in SOUND:
        assert name in str(refusal.value)


def test_what_is_refused_is_not_repeated():
    with pytest.raises(InvalidEnvironment) as refusal:
        environment.read(changed({"SECRET_KEY": "my-password-1"}))

    assert "my-password-1" not in str(refusal.value)


def test_a_process_says_why_it_does_not_boot_and_nothing_else():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=changed({"SECRET_KEY": "short"}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "SECRET_KEY is too weak" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_is_the_default():
    sound = environment.read(SOUND)

    assert sound.is_production
    assert sound.is_https
    assert sound.hosts == ("rhythm.example.com",)
    assert not sound.is_demo
    assert not sound.has_admin_site
    assert sound.proxies == 0


def test_a_socket_is_an_address_of_the_broker():
    said = environment.read(changed({"REDIS_URL": "unix:///var/run/valkey.sock"}))

    assert environment.broker(said) == "redis+socket:///var/run/valkey.sock"


def test_a_database_may_be_behind_a_socket_or_a_port():
    behind = "postgresql://me:a%20word@/name?host=%2Fvar%2Frun"
    said = environment.read(changed({"DATABASE_URL": behind}))
    parts = environment.database_parts(said.database)
    assert (parts["HOST"], parts["NAME"]) == ("/var/run", "name")
    assert (parts["USER"], parts["PASSWORD"]) == ("me", "a word")

    parts = environment.database_parts(environment.read(SOUND).database)
    assert (parts["HOST"], parts["PORT"]) == ("db", "5432")


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://mail", 587, False, False),
        ("smtp+tls://me:word@mail", 587, False, True),
        ("smtps://mail:4650", 4650, True, False),
    ],
)
def test_mail_leaves_as_its_address_says(url, port, ssl, tls):
    options = environment.mailers(environment.read(changed({"EMAIL_URL": url})))
    said: Any = options["default"]["OPTIONS"]

    assert (said["port"], said["use_ssl"], said["use_tls"]) == (port, ssl, tls)


def test_hosts_of_webhooks_are_names_with_or_without_a_port():
    hosts = environment.read(SOUND | {"RHYTHM_WEBHOOK_HOSTS": "Chat.lan, [::1]:8065"})

    assert hosts.webhook_hosts == (
        environment.NamedHost("chat.lan", None),
        environment.NamedHost("::1", 8065),
    )
