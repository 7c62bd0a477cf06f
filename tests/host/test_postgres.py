"""The embedded PostgreSQL: who may do what, and what happens to odd data folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from rhythm.host.errors import HostError
from rhythm.host.folders import Folders
from rhythm.host.postgres import FORGETFUL, Postgres

pytestmark = pytest.mark.servers


@pytest.fixture
def folders(var):
    folders = Folders(var)
    folders.make()
    return folders


@pytest.fixture
def postgres(folders):
    server = Postgres(folders, settings=FORGETFUL)
    yield server
    server.stop()


def test_the_product_has_no_power_over_the_server(postgres):
    postgres.start()

    with psycopg.connect(postgres.url) as connection:
        powers = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        lowered = connection.execute("SELECT lower('Ä'), 'Ä' ILIKE 'ä'").fetchone()

    assert powers == (False,) * 5
    assert lowered == ("ä", True)


def test_nobody_gets_in_without_the_password(postgres):
    postgres.start()

    for user in ("setup", "rhythm"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(postgres.socket), user=user, dbname="postgres")


def test_the_data_folder_is_private(postgres):
    postgres.start()

    assert postgres.data.stat().st_mode & 0o077 == 0
    assert postgres.socket.stat().st_mode & 0o077 == 0


def test_data_outlives_the_server(postgres, folders):
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    postgres.stop()

    again = Postgres(folders, settings=FORGETFUL)
    again.start()
    with psycopg.connect(again.url) as connection:
        row = connection.execute("SELECT one FROM kept").fetchone()
    again.stop()

    assert row == (1,)


def test_a_server_left_over_is_stopped_and_replaced(postgres, folders):
    postgres.start()

    again = Postgres(folders, settings=FORGETFUL)
    again.start()
    again.stop()

    assert postgres.process is not None
    assert postgres.process.wait(10) == 0


def test_data_of_another_version_is_refused_and_kept(postgres):
    postgres.start()
    postgres.stop()
    version = postgres.data / "PG_VERSION"
    version.write_text("17\n")

    with pytest.raises(HostError, match="data of PostgreSQL 17"):
        postgres.start()

    assert version.exists()


def test_a_folder_that_is_no_data_folder_is_refused(postgres):
    postgres.data.mkdir(parents=True)

    with pytest.raises(HostError, match="not a data folder"):
        postgres.start()


def test_setting_up_that_was_interrupted_starts_over(postgres):
    half = postgres.home / "data.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    postgres.start()

    assert not half.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another account")
def test_data_goes_where_its_account_can_reach_it(var):
    var.parent.chmod(0o700)
    folders = Folders(var)
    folders.make()
    server = Postgres(folders, settings=FORGETFUL)
    try:
        server.start()

        assert server.is_elsewhere
        assert var.parent.stat().st_mode & 0o077 == 0
        assert server.home.stat().st_mode & 0o077 == 0
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()
        shutil.rmtree(server.home)


def test_a_long_path_gets_its_sockets_elsewhere(tmp_path: Path):
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 4)

    assert len(str(Folders(deep).sockets)) < 75
