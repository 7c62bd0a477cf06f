"""What the server writes about its faults, and what it keeps to itself."""

from __future__ import annotations

import io
import logging
import sys

import psycopg
import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response

from rhythm.web.logs import CalmFilter, FaultFormatter

SECRET = "lw7R2mQ0b8fYtXk5Zc3VnJ1sHdGa9eUoPq4iTzMxLyE"


@pytest.fixture
def written():
    """Return what is written to the log that the product uses."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setLevel(logging.ERROR)
    handler.addFilter(CalmFilter())
    handler.setFormatter(FaultFormatter("%(levelname)s %(message)s"))
    log = logging.getLogger("django.request")
    log.addHandler(handler)
    yield text
    log.removeHandler(handler)


def fail(path: str, error: Exception) -> None:
    """Do what Django does when a view raises `error`."""
    try:
        raise error
    except type(error):
        log_response(
            "%s: %s",
            "Internal Server Error",
            path,
            response=HttpResponse(status=500),
            request=RequestFactory().get("/"),
            exception=sys.exc_info()[1],
        )


def test_a_fault_is_written_with_its_place(written):
    fail("/pipeline/7/", ZeroDivisionError("division by zero"))

    assert "Internal Server Error: /pipeline/7/" in written.getvalue()
    assert "test_logs.py" in written.getvalue()


def test_the_faults_have_a_place_to_be_written_to():
    handlers = logging.getLogger("django").handlers

    assert any(isinstance(each.formatter, FaultFormatter) for each in handlers)


def test_the_token_of_a_link_is_not_written(written):
    fail(f"/people/invitation/{SECRET}/", ZeroDivisionError())

    assert "/people/invitation/…/" in written.getvalue()
    assert SECRET not in written.getvalue()


@pytest.mark.django_db
def test_the_row_that_the_database_refuses_is_not_written(written):
    note = "she will\n\n" + "leave us"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE said (text text CHECK (text = 'a'))")
        with pytest.raises(IntegrityError) as refused:
            cursor.execute("INSERT INTO said VALUES (%s)", [note])
    fail("/reviews/7/", refused.value)

    assert "said_text_check" in written.getvalue()
    assert "leave us" not in written.getvalue()


def test_a_database_that_is_gone_is_told_once_a_second(written):
    error = OperationalError("connection refused")
    error.__cause__ = psycopg.OperationalError("connection refused")
    with time_machine.travel("2026-11-20", tick=False):
        for _each in range(5):
            fail("/", error)

    assert written.getvalue().count("cannot be reached") == 1
    assert "Traceback" not in written.getvalue()
