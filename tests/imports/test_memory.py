"""A large import in a process of its own: its memory does not grow with its rows."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.db import connection

from rhythm.environment import BASE_DIR

# The whole interpreter with Django and the worker's code, at its highest.
LIMIT_MB = 300


@pytest.mark.skipif(
    not os.environ.get("RHYTHM_SLOW_TESTS"), reason="200,000 rows: RHYTHM_SLOW_TESTS"
)
@pytest.mark.django_db(transaction=True)
def test_200_000_rows_stay_below_300_mb() -> None:
    url = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    env = {
        **os.environ,
        "DATABASE_URL": re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", url, count=0),
        "DJANGO_SETTINGS_MODULE": "rhythm.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.imports.bench", "200000"],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    figures = [int(each) for each in re.findall(r"(\d+) MB, \w+", done.stdout)]
    assert figures, done.stdout
    # With pytest's -s it says how much it was, and how long it took.
    print(done.stdout)
    assert max(figures) < LIMIT_MB, done.stdout
