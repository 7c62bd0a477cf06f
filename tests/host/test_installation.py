"""What an installation is, where it is reached, and who holds it."""

from __future__ import annotations

import json
import os
import sys

import pytest

from rhythm.host import health, manage, up
from rhythm.host.errors import HostError
from rhythm.host.folders import Folders
from rhythm.host.installation import DEMO, EMPTY, Installation


def test_what_an_installation_is_stays(var):
    installation = Installation(Folders(var))
    installation.remember(DEMO)

    assert up.chosen_kind(installation, up.parse([])) == DEMO
    assert up.chosen_kind(installation, up.parse(["--demo"])) == DEMO
    with pytest.raises(HostError, match="set up as 'demo'"):
        up.chosen_kind(installation, up.parse(["--empty"]))


def test_without_a_terminal_nothing_is_asked(var, monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)

        assert up.chosen_kind(Installation(Folders(var)), up.parse([])) == EMPTY


@pytest.mark.parametrize(
    ("answer", "kind"), [("", DEMO), ("y", DEMO), ("No", EMPTY), (" n ", EMPTY)]
)
def test_the_first_start_asks(var, monkeypatch, answer, kind):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: answer)

    assert up.chosen_kind(Installation(Folders(var)), up.parse([])) == kind


def test_open_to_the_network_comes_with_a_warning(capsys):
    up.welcome(up.parse(["--host", "192.168.7.9"]), DEMO, "")
    up.welcome(up.parse([]), EMPTY, "http://localhost:8000/once/")

    opened, _, own = capsys.readouterr().out.partition("Ctrl-C")
    assert "WARNING" in opened
    assert "sign in with one click" in opened
    assert "WARNING" not in own
    assert "http://localhost:8000/once/" in own


def test_open_to_the_network_has_an_address_for_the_phone(monkeypatch):
    monkeypatch.setattr(health, "address_on_network", lambda: "192.168.7.9")
    options = up.parse(["--host", "--port", "8042"])

    assert options.url == "http://192.168.7.9:8042"
    names = up.addresses(options)["ALLOWED_HOSTS"].split(",")
    assert {"192.168.7.9", "localhost", "127.0.0.1"} <= set(names)


def test_who_holds_the_installation_is_told(var):
    installation = Installation(Folders(var))
    installation.prepare_folders()
    with installation.locked("http://localhost:8000"):
        told = json.loads((var / "up.lock").read_text())

    assert told == {"pid": os.getpid(), "url": "http://localhost:8000"}


def test_links_of_a_command_lead_to_where_the_product_runs(var, monkeypatch):
    monkeypatch.delenv("APP_BASE_URL", raising=False)
    installation = Installation(Folders(var))
    installation.prepare_folders()
    with (
        installation.locked("http://localhost:8042"),
        manage.servers(installation) as environment,
    ):
        assert environment["APP_BASE_URL"] == "http://localhost:8042"
