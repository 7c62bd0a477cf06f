"""Imports are for admins; nobody else knows of them."""

from pipeline.imports import services
from pipeline.imports.models import ImportRun
from pipeline.opportunities.models import Source
from tests.access import World, row
from tests.imports.steps import a_file, check

DEALS = "id,name,stage,owner\n1,Trench,Discover,\n"


def draft(world: World) -> list[int]:
    """Return an import of one small file of deals."""
    file = a_file("deals.csv", DEALS)
    run = services.upload([file], by=world.ada, source="crm", submission_key=None)
    return [run.pk]


def checked(world: World) -> list[int]:
    """Return one that is checked, with a refused row: it has no owner to choose."""
    run = ImportRun.objects.get(pk=draft(world)[0])
    check(run, process_name="Sales", owner=world.ada.pk)
    return [run.pk]


def checked_file(world: World) -> list[int]:
    pk = checked(world)[0]
    return [pk, ImportRun.objects.get(pk=pk).files.get().pk]


def wrong_link(world: World) -> list[str]:
    return ["wrong", "deals.csv"]


def source(world: World) -> list[int]:
    made = Source.objects.create(name="salesforce", title="Salesforce")
    return [made.pk]


SOURCE = {"title": "Salesforce", "owned": ["stage"], "version": 1}
ROWS = [
    row("imports:import_list", admins=200),
    row("imports:import_create", admins=200),
    row("imports:import_create", "post", data={}, admins=422),
    row("imports:source_edit", args=source, admins=200),
    row("imports:source_edit", "post", args=source, data=SOURCE, admins=302),
    row("imports:link_make", "post", args=source, admins=200),
    row("imports:link_revoke", "post", args=source, admins=302),
    # Only the secret opens it; a wrong one is nothing to anybody.
    row("imports:receive", "post", args=wrong_link, data={}, public=404),
    row("imports:import_detail", args=checked, admins=200),
    row("imports:import_files", args=draft, admins=200),
    row("imports:import_files", "post", args=draft, data={}, admins=302),
    row("imports:import_columns", args=draft, admins=200),
    row("imports:import_columns", "post", args=draft, data={}, admins=302),
    row("imports:import_matching", args=draft, admins=200),
    row("imports:import_matching", "post", args=draft, data={}, admins=302),
    row("imports:check", "post", args=checked, data={}, admins=302),
    row("imports:run", "post", args=checked, data={}, admins=302),
    row("imports:settle", "post", args=checked, data={"choice": "theirs"}, admins=302),
    row("imports:undo", "post", args=checked, data={}, admins=302),
    row("imports:cancel", "post", args=checked, data={}, admins=302),
    row("imports:progress", args=checked, admins=200),
    row("imports:refused", args=checked_file, admins=200),
]
