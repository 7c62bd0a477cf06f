import pytest
from django.urls import reverse

from pipeline.activities.models import ActivityKind

HTMX = {"HX-Request": "true"}
LIST = reverse("activities:kind_list")
HOSTILE = "<script>alert(1)</script>"


def names() -> list[str]:
    return list(ActivityKind.objects.values_list("name", flat=True))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_admin_adds_a_kind(as_user, ada, kinds, headers):
    url = reverse("activities:kind_create")
    browser = as_user(ada)

    answer = browser.post(url, {"name": HOSTILE, "icon": "easel"}, headers=headers)

    assert answer.status_code == (200 if headers else 302)
    assert names()[-1] == HOSTILE
    assert HOSTILE not in browser.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "Call"}),
        ("name", {"name": ""}),
        ("name", {"name": "x" * 10_000}),
        ("icon", {"icon": "../../etc/passwd"}),
    ],
)
def test_a_kind_that_makes_no_sense_is_refused(as_user, ada, kinds, field, changes):
    values = {"name": "Workshop", "icon": "easel"} | changes

    answer = as_user(ada).post(reverse("activities:kind_create"), values)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_renaming_shows_the_conflict(as_user, ada, kinds):
    url = reverse("activities:kind_edit", args=[kinds[0].pk])
    browser = as_user(ada)
    browser.post(url, {"name": "Ring", "icon": "telephone", "version": 1})

    stale = browser.post(url, {"name": "Phone", "icon": "telephone", "version": 1})

    assert stale.status_code == 409
    assert "Ring" in stale.content.decode()
    assert "Phone" in stale.content.decode()
    assert names()[0] == "Ring"
    browser.post(url, {"name": "Phone", "icon": "telephone", "version": 2})
    assert names()[0] == "Phone"


def test_hiding_and_offering(as_user, ada, rita, kinds):
    url = reverse("activities:kind_offer", args=[kinds[0].pk])
    browser = as_user(ada)

    browser.post(url, {"is_active": "0"}, headers=HTMX)
    sheet = as_user(rita).get(reverse("activities:log")).content.decode()
    assert f'name="kind" value="{kinds[0].pk}"' not in sheet

    browser.post(url, {"is_active": "1"})
    sheet = as_user(rita).get(reverse("activities:log")).content.decode()
    assert f'name="kind" value="{kinds[0].pk}"' in sheet


def test_the_order_can_be_changed(as_user, ada, kinds):
    order = ",".join(str(kind.pk) for kind in reversed(kinds))

    as_user(ada).post(reverse("activities:order_kinds"), {"order": order})

    assert names()[0] == "Other"


@pytest.mark.parametrize("order", ["", "x", "1,,2", "²"])
def test_a_broken_order_changes_nothing(as_user, ada, kinds, order):
    url = reverse("activities:order_kinds")

    assert as_user(ada).post(url, {"order": order}).status_code == 422
    assert names()[0] == "Call"


def test_queries_do_not_grow_with_the_kinds(as_user, ada, kinds, count_queries):
    browser = as_user(ada)
    few = count_queries(lambda: browser.get(LIST))
    for number in range(10):
        ActivityKind.objects.create(name=f"More {number}")

    assert count_queries(lambda: browser.get(LIST)) == few
