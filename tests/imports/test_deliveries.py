"""Files that nobody has to click for: from a watched folder, and by a secret link."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.imports import deliveries, tasks
from pipeline.imports.models import ImportRun, ImportState, UploadLink
from pipeline.opportunities.models import Opportunity, Source
from rhythm.notices.models import Notice
from rhythm.people.models import AuditEntry, AuditKind, User
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, upload

pytestmark = pytest.mark.django_db

DEALS = "id,name,account,stage\n1,Trench,Acme,Discover\n2,Mast,Acme,Discover\n"


@pytest.fixture
def source(ada: User) -> Source:
    """A source whose files were brought in once, by hand."""
    a_process()
    bring_in(upload(ada, a_file("deals.csv", DEALS)), owner=ada.pk)
    return Source.objects.get()


@pytest.fixture
def folder(source: Source, tmp_path: Path, settings: Any) -> Path:
    settings.IMPORT_FOLDER = tmp_path
    made = tmp_path / source.name
    made.mkdir()
    return made


def put(folder: Path, text: str, *, age: int = 120, name: str = "deals.csv") -> None:
    path = folder / name
    path.write_text(text)
    when = timezone.now().timestamp() - age
    os.utime(path, (when, when))


def scanned() -> list[ImportRun]:
    """Look for files, and let the worker do all that it can."""
    made = deliveries.scan(timezone.now())
    for run in made:
        for _step in range(6):
            tasks.work(run.pk)
        run.refresh_from_db()
    return made


def test_a_new_file_in_the_folder_comes_in_by_itself(folder: Path, ada: User) -> None:
    put(folder, DEALS.replace("Trench", "Trench 2"))
    (run,) = scanned()
    assert run.state == ImportState.DONE, run.error
    assert run.created_by == ada
    assert Opportunity.objects.get(external_id="1").name == "Trench 2"
    assert scanned() == []
    put(folder, DEALS, age=90)
    assert len(scanned()) == 1


def test_a_file_that_is_still_written_waits(folder: Path) -> None:
    put(folder, DEALS, age=5)
    put(folder, "notes", name="notes.md")
    (folder / "link.csv").symlink_to("/etc/hostname")
    assert scanned() == []


def test_conflicts_wait_for_a_person_who_is_told(folder: Path, ada: User) -> None:
    Opportunity.objects.filter(external_id="1").update(name="Our trench")
    put(folder, DEALS.replace("Trench", "Their trench"))
    (run,) = scanned()
    assert run.state == ImportState.CHECKED
    notice = Notice.objects.get(kind="imports.waits")
    assert notice.recipient == ada
    assert "1 rows are in conflict" in notice.text
    assert run.get_absolute_url() in notice.text


def test_a_stranger_among_the_files_waits(folder: Path) -> None:
    put(folder, "something,else\n1,2\n", name="other.csv")
    (run,) = scanned()
    assert run.state == ImportState.DRAFT
    assert Notice.objects.filter(kind="imports.waits").count() == 1


def linked(source: Source, by: User) -> str:
    return deliveries.make_link(source, by=by, now=timezone.now())


def address(token: str, name: str = "deals.csv") -> str:
    return reverse("imports:receive", args=[token, name])


@pytest.mark.parametrize("method", ["put", "post"])
def test_a_file_sent_to_the_link_comes_in(
    source: Source, ada: User, client: Client, method: str
) -> None:
    token = linked(source, ada)
    answer = getattr(client, method)(
        address(token), DEALS.replace("Mast", "Mast 2"), content_type="text/csv"
    )
    assert answer.status_code == 202, answer.content
    run = ImportRun.objects.latest("pk")
    for _step in range(6):
        tasks.work(run.pk)
    assert Opportunity.objects.get(external_id="2").name == "Mast 2"
    link = UploadLink.objects.get()
    assert token not in link.token_sha256
    assert link.used_at is not None


def test_the_link_refuses_what_is_no_table_and_what_is_empty(
    source: Source, ada: User, client: Client
) -> None:
    token = linked(source, ada)
    assert client.put(address(token, "deals.exe"), "x").status_code == 422
    assert client.put(address(token), "").status_code == 422
    assert client.get(address(token)).status_code == 405


def test_a_link_that_was_revoked_or_whose_admin_left_opens_nothing(
    source: Source, ada: User, as_user: Callable[..., Client], client: Client
) -> None:
    token = linked(source, ada)
    User.objects.get_queryset().filter(pk=ada.pk).update(is_admin=False)
    assert client.put(address(token), DEALS).status_code == 404
    User.objects.get_queryset().filter(pk=ada.pk).update(is_admin=True)
    as_user(ada).post(reverse("imports:link_revoke", args=[source.pk]))
    assert client.put(address(token), DEALS).status_code == 404


def test_guessing_links_ends_with_a_429(client: Client) -> None:
    cache.clear()
    codes = {client.put(address(f"guess-{n}"), DEALS).status_code for n in range(60)}
    assert codes == {404}
    assert client.put(address("guess"), DEALS).status_code == 429


def test_the_link_is_shown_once(
    source: Source, ada: User, as_user: Callable[..., Client]
) -> None:
    browser = as_user(ada)
    made = browser.post(reverse("imports:link_make", args=[source.pk]))
    assert "curl -T deals.csv" in made.content.decode()
    page = browser.get(reverse("imports:source_edit", args=[source.pk]))
    assert "A link was made by" in page.content.decode()
    assert "/imports/in/" not in page.content.decode()


def test_the_link_has_our_address_whatever_the_host_says(
    source: Source, ada: User, as_user: Callable[..., Client], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "other.example"]
    made = as_user(ada).post(
        reverse("imports:link_make", args=[source.pk]),
        headers={"host": "other.example"},
    )
    page = made.content.decode()
    assert f"{settings.APP_BASE_URL}/imports/in/" in page
    assert "other.example" not in page


def test_who_made_and_revoked_a_link_is_written_down(source: Source, ada: User) -> None:
    token = linked(source, ada)
    deliveries.revoke_link(source, by=ada)
    deliveries.revoke_link(source, by=ada)
    found = AuditEntry.objects.filter(kind__startswith="link_", by=ada)
    assert [(each.kind, each.subject) for each in found.order_by("pk")] == [
        (AuditKind.LINK_MADE, source.title),
        (AuditKind.LINK_REVOKED, source.title),
    ]
    assert not AuditEntry.objects.filter(subject__contains=token).exists()


def test_a_folder_that_cannot_be_read_stops_nobody(
    folder: Path, source: Source
) -> None:
    folder.rmdir()
    folder.write_text("no folder")
    assert deliveries.scan(datetime.now(tz=timezone.get_default_timezone())) == []
    assert timedelta(seconds=60) == deliveries.STABLE_AFTER
