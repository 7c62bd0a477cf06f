"""Where faults of the server are written. The settings read it."""

from __future__ import annotations

from typing import Any

FAULTS_ALONE: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "fault": {
            "()": "rhythm.web.logs.FaultFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"calm": {"()": "rhythm.web.logs.CalmFilter"}},
    "handlers": {
        "faults": {
            "class": "logging.StreamHandler",
            "level": "ERROR",
            "formatter": "fault",
            "filters": ["calm"],
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "django": {"handlers": ["faults"], "level": "INFO", "propagate": False},
        # Anybody can send any host name, as often as they like; the answer is 400.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
