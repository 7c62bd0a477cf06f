import pytest
from django.core.exceptions import ValidationError

from pipeline.activities import services
from pipeline.activities.models import ActivityKind
from rhythm.web.versions import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def kinds() -> list[ActivityKind]:
    ActivityKind.objects.all().delete()
    return services.create_starter_kinds()


def names() -> list[str]:
    return list(ActivityKind.objects.values_list("name", flat=True))


def test_the_starter_kinds_are_made_once(kinds):
    assert services.create_starter_kinds() == kinds
    assert names()[:3] == ["Call", "E-mail", "Meeting"]
    assert names()[-1] == "Other"


def test_a_new_kind_comes_last(kinds):
    services.create_kind(name=" Workshop ", icon="easel")

    assert names()[-1] == "Workshop"


@pytest.mark.parametrize("name", ["Call", "", "x" * 61])
def test_a_kind_has_a_name_of_its_own(kinds, name):
    with pytest.raises(ValidationError):
        services.create_kind(name=name, icon="circle")


def test_renaming_needs_the_version_that_was_shown(kinds):
    services.edit_kind(kinds[0], name="Phone call", icon="phone", shown_version=1)

    with pytest.raises(Conflict):
        services.edit_kind(kinds[0], name="Ring", icon="phone", shown_version=1)
    assert names()[0] == "Phone call"


def test_a_hidden_kind_is_not_offered(kinds):
    services.offer_kind(kinds[0], is_active=False)

    assert kinds[0] not in ActivityKind.objects.offered()


def test_kinds_are_put_in_order(kinds):
    services.order_kinds([kinds[2].pk, kinds[0].pk])

    assert names()[:3] == ["Meeting", "Call", "E-mail"]
