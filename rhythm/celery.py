"""The worker's and beat's entry point."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")

app = Celery("rhythm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
