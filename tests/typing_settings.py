"""The product's settings for the type checker, which connects to nothing."""

import os

os.environ.update(
    RHYTHM_PROFILE="local",
    SECRET_KEY="0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    DATABASE_URL="postgresql://nobody@nowhere/nothing",
    REDIS_URL="redis://nowhere",
)

from rhythm.settings import *  # noqa: F403
