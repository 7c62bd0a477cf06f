from datetime import UTC, date, datetime

import pytest

from pipeline.movement.days import Span
from pipeline.process.models import Process, Stage
from tests.factories.process import a_process

# A Thursday; the span is from its Monday on.
NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
WEEK = Span(date(2026, 11, 16), date(2026, 11, 19))


def on(day: int, hour: int = 12) -> datetime:
    """Return a moment of November 2026, at noon UTC unless said otherwise."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def process(db: None) -> Process:
    return a_process()


@pytest.fixture
def stages(process: Process) -> dict[str, Stage]:
    """The stages by name: Discover, Propose, Negotiate, Won, Lost, Walked away."""
    return {each.name: each for each in process.stages.all()}
