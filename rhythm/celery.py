"""The worker's and beat's entry point."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")
# A statement of a background task may take as long as the task itself.
os.environ.setdefault("RHYTHM_STATEMENT_SECONDS", "540")

app = Celery("rhythm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
