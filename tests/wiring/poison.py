"""The product's worker, with work that kills whoever takes it up."""

from __future__ import annotations

import os
import signal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")
django.setup()

from pipeline.imports import work  # noqa: E402
from pipeline.imports.models import ImportRun, ImportState  # noqa: E402
from rhythm.celery import app  # noqa: E402
from rhythm.notices import mail  # noqa: E402
from rhythm.notices.models import Notice  # noqa: E402

WORD = "poison"

send, check_rights = mail.send, work.check_rights


def send_or_die(notice: Notice) -> str:
    if WORD in notice.key:
        os.kill(os.getpid(), signal.SIGKILL)
    return send(notice)


def begin_or_die(run: ImportRun) -> None:
    if WORD in run.source and run.state != ImportState.READING:
        os.kill(os.getpid(), signal.SIGKILL)
    check_rights(run)


mail.send = send_or_die
work.check_rights = begin_or_die

__all__ = ["app"]
