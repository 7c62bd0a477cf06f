"""Installations that are thrown away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def var() -> Iterator[Path]:
    """Return an empty folder that PostgreSQL's account can reach, with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="rhythm-"))
    folder.chmod(0o711)
    (folder / "var").mkdir()
    yield folder / "var"
    shutil.rmtree(folder, ignore_errors=True)
