"""The product's settings, with what only tests may afford."""

import os

from rhythm.settings import *  # noqa: F403
from rhythm.settings import DATABASES, STORAGES

DATABASES["default"]["ENGINE"] = "tests.flushing"
if template := os.environ.get("RHYTHM_TEST_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}

# Argon2 takes 50 ms on purpose. Tests of sign-in that count hashes do not care which.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nothing is collected for tests: files are served from where they lie.
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
