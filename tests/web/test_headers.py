"""Headers that every answer carries, whoever gives it."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "evil.example", 400),
        ("/accounts/login", "testserver", 301),
        ("/no/such/page/", "testserver", 404),
        ("/accounts/login/", "testserver", 200),
        ("/static/icons/icons.txt", "testserver", 200),
    ],
)
@pytest.mark.django_db
def test_every_answer_refuses_to_stand_in_a_frame(path, host, status):
    answer = Client().get(path, headers={"host": host})

    assert answer.status_code == status
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
