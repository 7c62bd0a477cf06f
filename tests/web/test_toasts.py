"""News reaches the person whichever way the answer goes."""

import json

from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from rhythm.web.toasts import ToastMiddleware, toast


def answer(response, **headers):
    request = RequestFactory().get("/", headers=headers)
    request.session = {}
    request._messages = FallbackStorage(request)
    request.htmx = HtmxDetails(request)

    def view(request):
        toast(request, "Milestone removed", undo="/undo/")
        return response

    result = ToastMiddleware(view)(request)
    return result, request._messages


def test_an_answer_to_htmx_carries_the_news():
    response, left = answer(HttpResponse("part"), hx_request="true")
    sent = json.loads(response["HX-Trigger"])["toasts"]["toasts"]
    assert sent == [{"text": "Milestone removed", "level": "success", "undo": "/undo/"}]
    assert left.used


def test_a_whole_page_shows_the_news_itself():
    response, left = answer(HttpResponse("page"))
    assert "HX-Trigger" not in response
    assert not left.used
    assert len(left) == 1


def test_news_wait_for_the_page_that_htmx_is_sent_to():
    response, left = answer(
        HttpResponse(headers={"HX-Redirect": "/next/"}), hx_request="true"
    )
    assert "HX-Trigger" not in response
    assert not left.used
    assert len(left) == 1
