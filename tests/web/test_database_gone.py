"""Faults of the database: gone for now, or there and slow."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from rhythm.web.errors import is_database_gone, server_error


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.OperationalError("connection refused"),
        psycopg.errors.AdminShutdown("restarting"),
        psycopg.errors.CannotConnectNow("starting up"),
        psycopg.errors.TooManyConnections("sorry"),
    ],
)
def test_a_database_that_is_gone_is_asked_for_later(cause):
    try:
        raise caused_by(cause)
    except OperationalError:
        response = server_error(RequestFactory().get("/"))

    assert response.status_code == 503
    assert response["Retry-After"]
    assert b"is safe" in response.content


@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_our_fault():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        with pytest.raises(OperationalError) as slow:
            cursor.execute("SELECT pg_sleep(1)")

    assert not is_database_gone(slow.value)


def test_any_other_fault_is_ours():
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
