"""What the environment says, read once, typed, and refused when it is missing or weak.

Nothing here knows Django. `read()` is the only door: settings never look at
`os.environ` themselves.
"""

from rhythm.environment.connections import broker, database_parts, mailers
from rhythm.environment.reading import BASE_DIR, InvalidEnvironment, read
from rhythm.environment.shape import Environment, NamedHost, SimulatedClock

__all__ = (
    "BASE_DIR",
    "Environment",
    "InvalidEnvironment",
    "NamedHost",
    "SimulatedClock",
    "broker",
    "database_parts",
    "mailers",
    "read",
)
