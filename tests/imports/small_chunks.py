"""The product's worker, with chunks so small that a short import has many of them."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")
django.setup()

from pipeline.imports import work  # noqa: E402
from rhythm.celery import app  # noqa: E402

work.CHUNK_ROWS = 250

__all__ = ["app"]
