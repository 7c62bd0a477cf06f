"""How we sell, as everybody reads it, and the order of its stages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.process import services
from pipeline.process.models import Process, Stage
from pipeline.process.selectors import working
from rhythm.people.models import User
from tests.factories.process import MilestoneFactory, StageFactory, a_process

pytestmark = pytest.mark.django_db
type SignIn = Callable[..., Client]


def url(page: str, process: Process) -> str:
    return reverse(f"process:{page}", args=[process.pk])


def names(process: Process) -> list[str]:
    """Return the open stages in the draft."""
    return [stage.name for stage in working(process).plan.opened()]


def test_a_rep_reads_stages_guidance_questions_and_milestones(
    as_user: SignIn, rita: User
) -> None:
    process = services.create_starter()
    page = as_user(rita).get(process.get_absolute_url()).content.decode()
    assert "Sees the problem" in page
    assert "<strong>what the problem costs them</strong>" in page
    assert "What happens to them if they do nothing this year?" in page
    assert "Business case agreed" in page
    assert "A customer outcome that a contact has confirmed" in page
    assert "How it ends" in page
    assert "Edit" not in page.split("<main")[1].split("</main")[0]


def test_an_admin_finds_the_editor(as_user: SignIn, ada: User) -> None:
    process = a_process()
    stage = process.stages.all()[0]
    page = as_user(ada).get(process.get_absolute_url()).content.decode()
    assert reverse("opportunities:stage_edit", args=[stage.pk]) in page


def test_guidance_and_names_can_do_no_harm(as_user: SignIn, rita: User) -> None:
    process = a_process("<script>alert(1)</script>")
    Stage.objects.filter(process=process).update(
        guidance="<img src=x onerror=alert(2)> [x](javascript:alert(3))",
        purpose="<b onclick=alert(4)>",
    )
    MilestoneFactory(stage=process.stages.all()[0], title="<svg onload=alert(5)>")
    page = as_user(rita).get(process.get_absolute_url()).content.decode()
    for harm in ("<script>alert", "<img src=x", "<b onclick", "<svg onload", 'href="j'):
        assert harm not in page


def test_a_stage_is_added_and_its_editor_opens(as_user: SignIn, ada: User) -> None:
    process = a_process()
    browser = as_user(ada)
    answer = browser.post(url("stage_create", process), {"name": "Pilot"})
    [stage] = [each for each in working(process).plan.stages if each.name == "Pilot"]
    assert answer["Location"] == reverse("opportunities:stage_edit", args=[stage.id])
    assert browser.get(answer["Location"]).status_code == 200
    assert not process.stages.filter(name="Pilot").exists()
    again = browser.post(url("stage_create", process), {"name": "Pilot"})
    assert again.status_code == 422
    assert "stage of that name" in again.content.decode()


def test_stages_are_ordered_by_arrows_and_by_dragging(
    as_user: SignIn, ada: User
) -> None:
    process = a_process()
    first, second, third = process.stages.open()
    order = f"{second.pk},{first.pk},{third.pk}"
    browser = as_user(ada)
    browser.post(url("stage_order", process), {"order": order})
    assert names(process) == ["Propose", "Discover", "Negotiate"]
    stale = browser.post(
        url("stage_order", process), {"order": f"{first.pk}"}, follow=True
    )
    assert "The stages changed meanwhile" in stale.content.decode()
    assert names(process) == ["Propose", "Discover", "Negotiate"]


def test_the_number_of_queries_does_not_grow(
    as_user: SignIn,
    rita: User,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    process = a_process()
    browser = as_user(rita)
    few = count_queries(lambda: browser.get(process.get_absolute_url()))
    for number in range(10):
        stage = StageFactory(process=process, position=10 + number)
        MilestoneFactory(stage=stage)
    opened = process.stages.open().values_list("pk", flat=True)
    services.order_stages(process, list(opened))
    many = count_queries(lambda: browser.get(process.get_absolute_url()))
    assert few == many <= 12
