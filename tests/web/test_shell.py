"""The shell offers to each of the cast what the role needs."""

import pytest
from django.test import RequestFactory

from rhythm.context import navigation
from rhythm.people.models import User

pytestmark = pytest.mark.django_db


def groups(**flags):
    request = RequestFactory().get("/")
    request.user = User.objects.create_user("x@example.com", "Somebody", **flags)
    shown = navigation(request)
    return [group.label for group in shown.groups], shown


def test_the_signed_out_are_offered_nothing():
    request = RequestFactory().get("/")
    assert navigation(request).groups == ()


def test_an_admin_who_does_not_sell_configures_and_reads_what_the_company_does():
    labels, shown = groups(is_rep=False, is_admin=True)
    assert labels == ["Steer", "Configure"]
    assert shown.quick == []
    assert shown.role == "Admin"


def test_a_rep_never_sees_configure():
    labels, shown = groups()
    assert "Configure" not in labels
    assert shown.role == "Rep"


def test_a_page_stands_in_one_group_only():
    _labels, shown = groups(is_rep=True, is_executive=True, is_admin=True)
    names = [item.name for group in shown.groups for item in group.items]
    assert len(names) == len(set(names))


def test_the_editor_of_a_stage_is_part_of_the_process_and_not_of_the_pipeline():
    request = RequestFactory().get("/pipeline/stages/4/edit/")
    request.user = User.objects.create_user("x@example.com", "Ada", is_admin=True)
    items = [item for group in navigation(request).groups for item in group.items]
    current = [item.name for item in items if item.is_current]
    assert current[-1] == "process:process_list"
