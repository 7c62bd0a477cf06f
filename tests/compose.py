"""What `docker-compose.yml` says, read as Compose reads it, without a Docker engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import yaml

from rhythm.host.folders import ROOT

# A file `.env` as an operator would write it.
OPERATORS = {
    "SECRET_KEY": "t7Yh2-kQw9_ZpL4xVb8NcR3mJf6SdG1aHu5EoTiXyBqWzKvMnCrPjDgF",
    "APP_BASE_URL": "https://rhythm.example.com",
    "DATABASE_PASSWORD": "Zk3vQ8mT1xWc",
}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<rest>[^}]*))?\}")


def load(said: dict[str, str] = OPERATORS) -> dict[str, Any]:
    """Return the file with its variables filled in.

    Raises KeyError for one that is required and not in `said`.
    """
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    filled: dict[str, Any] = _filled(loaded, said)
    return filled


def environment(service: str) -> dict[str, str]:
    """Return what the processes of `service` find in their environment."""
    return {
        name: str(value)
        for name, value in load()["services"][service]["environment"].items()
    }


def check() -> int:
    """Run Django's deployment checks as the web would; return the exit code."""
    command = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment("web")},
        check=False,
    ).returncode


def _filled(value: Any, said: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, said) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, said) for each in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: _value(found, said), value)
    return value


def _value(found: re.Match[str], said: dict[str, str]) -> str:
    default = found["rest"] if found["how"] == ":-" else None
    if default is None:
        return said[found["name"]]
    return said.get(found["name"]) or default


if __name__ == "__main__":
    sys.exit(check())
