"""What turns the direction of text never comes in by a form."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.urls import reverse

from rhythm.people.models import Team
from rhythm.web.middleware import PlainTextMiddleware

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u202c", "\u2066", "\u2069"])
def test_a_name_loses_what_turns_the_text_beside_it(client, ada, sign):
    client.force_login(ada)
    url = reverse("people:team_create")

    client.post(url, {"name": f"{sign}West{sign} 2", "manager": "", "parent": ""})

    assert [each.name for each in Team.objects.filter(name__contains="West")] == [
        "West 2"
    ]


def test_letters_from_right_to_left_stay(client, ada):
    client.force_login(ada)
    name = "שלום \u200fe"

    client.post(reverse("people:team_create"), {"name": name})

    assert Team.objects.filter(name=name).exists()


def test_a_password_stays_as_it_is_typed(rf):
    secret = "correct \u202e horse"
    request = rf.post("/", {"password": secret, "name": secret})

    PlainTextMiddleware(HttpResponse).process_view(request, HttpResponse)

    assert request.POST["password"] == secret
    assert request.POST["name"] == "correct  horse"
