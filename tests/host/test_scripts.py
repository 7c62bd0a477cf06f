"""The shell scripts, on machines that lack what they need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rhythm.host.folders import ROOT

TOOLS = ("dirname", "env", "grep", "mkdir", "mktemp", "rm", "sh", "tail")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout in which nothing has been set up yet."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "bin", root / "bin")
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, root)
    return root


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a machine with hardly a program."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (programs / tool).symlink_to(found)
    return {"PATH": str(programs), "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}


def run(script: Path, machine: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [script],
        env=machine,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("name", ["up", "test", "manage"])
def test_a_machine_without_python_is_told_what_is_missing(checkout, machine, name):
    code, said = run(checkout / "bin" / name, machine)

    assert code == 1
    assert "Python 3.12 or newer is needed" in said
    assert len(said.splitlines()) == 1


def test_a_python_that_is_too_old_does_not_count(checkout, machine):
    old = Path(machine["PATH"]) / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    _, said = run(checkout / "bin/up", machine)

    assert "Python 3.12 or newer is needed" in said


def test_a_machine_without_a_package_index_is_told(checkout, machine):
    (Path(machine["PATH"]) / "python3").symlink_to(sys.executable)
    nothing = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null", "UV_OFFLINE": "1"}

    code, said = run(checkout / "bin/up", machine | nothing)

    assert code == 1
    assert "The package index" in said.splitlines()[-1]
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["prepare", "up", "test", "manage"])
def test_a_plain_shell_can_read_it(name):
    command = ["sh", "-n", ROOT / "bin" / name]
    done = subprocess.run(command, check=False, capture_output=True)

    assert done.returncode == 0, done.stderr
