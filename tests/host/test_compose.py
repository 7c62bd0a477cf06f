"""The production shape, as far as it can be checked without a Docker engine."""

from __future__ import annotations

import json
import re

import pytest

from rhythm.host import commands
from rhythm.host.folders import ROOT
from tests import compose

PARTS = {part.name: part for part in commands.PARTS}


@pytest.mark.parametrize("name", PARTS)
def test_compose_runs_what_bin_up_runs(name):
    service = compose.load()["services"][name]

    assert tuple(service["command"]) == PARTS[name].command
    assert service.get("stop_signal", "SIGTERM") == PARTS[name].ends_by.name


def test_compose_migrates_as_bin_up_does():
    services = compose.load()["services"]

    assert tuple(services["migrate"]["command"]) == commands.PREPARE
    for name in PARTS:
        waits_for = services[name]["depends_on"]
        assert waits_for["migrate"]["condition"] == "service_completed_successfully"


def test_the_image_serves_the_web_by_default():
    last = (ROOT / "Dockerfile").read_text().splitlines()[-1]

    assert tuple(json.loads(last.removeprefix("CMD "))) == commands.WEB.command


def test_the_image_is_not_run_by_root_and_not_on_musl():
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert "USER rhythm" in lines
    assert "alpine" not in "".join(line for line in lines if line.startswith("FROM"))


def test_the_image_is_given_every_package_and_nothing_private():
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)

    assert {"rhythm", "pipeline", "coaching", "scorecards", "templates"} <= set(let_in)
    assert not {"var", ".env", ".git", "tests"} & set(let_in)


def test_the_example_names_what_compose_asks_for_and_gives_no_secret_away():
    lines = (ROOT / ".env.example").read_text().splitlines()
    said = dict(line.split("=", 1) for line in lines if line and line[0] != "#")

    assert set(compose.OPERATORS) <= set(said)
    assert not any(said[name] for name in compose.OPERATORS)


@pytest.mark.parametrize("name", ["SECRET_KEY", "APP_BASE_URL", "DATABASE_PASSWORD"])
def test_compose_asks_for_what_only_the_operator_knows(name):
    said = {each: value for each, value in compose.OPERATORS.items() if each != name}

    with pytest.raises(KeyError, match=name):
        compose.load(said)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_each_is_asked_for_what_it_needs(name):
    service = compose.load()["services"][name]
    *_, code = service["healthcheck"]["test"]

    assert f"/readyz?for={name}'" in code
    compile(code, name, "exec")


def test_its_environment_passes_the_deployment_checks(capfd):
    assert compose.check() == 0, capfd.readouterr().err
