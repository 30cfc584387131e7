import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tenants import embedded_database
from tenants.embedded_database import EmbeddedDatabaseError

ROOT = Path(__file__).parents[2]
START = "import sys, pathlib; from tenants import embedded_database as db; "
START += "print(db.start(pathlib.Path(sys.argv[1]), None))"


def test_starting_twice_gives_the_same_running_server(var):
    first = embedded_database.start(var, None)
    started_at = _ask(first, "SELECT pg_postmaster_start_time()")

    second = embedded_database.start(var, None)

    assert second == first
    assert _ask(second, "SELECT pg_postmaster_start_time()") == started_at


def test_what_was_written_survives_a_killed_server(var):
    url = embedded_database.start(var, None)
    _do(url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)")

    os.kill(_server(var), signal.SIGKILL)

    assert _ask(embedded_database.start(var, None), "SELECT id FROM kept") == 7


def test_two_processes_that_start_at_once_share_one_server(fresh):
    with ThreadPoolExecutor() as pool:
        urls = list(pool.map(_start_in_a_process, [fresh, fresh]))

    assert urls[0] == urls[1]
    assert _ask(urls[0], "SELECT 1") == 1


def test_a_stopped_server_is_gone_and_can_be_stopped_again(var):
    url = embedded_database.start(var, None)

    embedded_database.stop(var)
    embedded_database.stop(var)

    with pytest.raises(psycopg.OperationalError):
        _ask(url, "SELECT 1")


def test_a_pid_file_that_names_another_process_does_not_stop_the_start(var):
    embedded_database.start(var, None)
    pid_file = var / "pg" / "postmaster.pid"
    left_behind = pid_file.read_text().split("\n", 1)[1]
    embedded_database.stop(var)

    pid_file.write_text(f"{os.getppid()}\n{left_behind}")

    assert _ask(embedded_database.start(var, None), "SELECT 1") == 1


def test_a_folder_too_deep_for_a_socket_gets_a_private_one(fresh):
    deep = fresh / ("d" * 60) / ("e" * 60)

    url = embedded_database.start(deep, None)
    folder = Path(url.partition("host=")[2])
    try:
        assert _ask(url, "SELECT 1") == 1
        assert folder.stat().st_mode & 0o077 == 0
    finally:
        embedded_database.stop(deep)
        folder.rmdir()


def test_letters_of_every_alphabet_have_their_case(var):
    url = embedded_database.start(var, None)

    assert _ask(url, "SELECT lower('ЇЖАКҐ')") == "їжакґ"


def test_another_major_version_is_refused_with_what_to_do(var):
    embedded_database.start(var, None)
    embedded_database.stop(var)
    version = var / "pg" / "PG_VERSION"
    made_by = version.read_text()
    version.write_text("14\n")
    try:
        with pytest.raises(EmbeddedDatabaseError, match=r"made by PostgreSQL 14.*PG_BINDIR"):
            embedded_database.start(var, None)
    finally:
        version.write_text(made_by)


def test_a_folder_without_programs_is_named(fresh):
    with pytest.raises(EmbeddedDatabaseError, match=r"PG_BINDIR is '/nowhere'.*no initdb"):
        embedded_database.start(fresh, "/nowhere")


def test_a_setting_wins_over_the_embedded_server(fresh):
    given = "postgresql+psycopg://somebody@elsewhere/app"

    assert embedded_database.admin_url(given, fresh, None) == given
    assert not fresh.exists()


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """One cluster for all tests of this file; each starts and stops its server as it needs."""
    folder = tmp_path_factory.mktemp("shared") / "var"
    yield folder
    embedded_database.stop(folder)


@pytest.fixture
def fresh(tmp_path):
    """A folder without a cluster."""
    folder = tmp_path / "var"
    yield folder
    embedded_database.stop(folder)


def _start_in_a_process(var):
    command = [sys.executable, "-c", START, str(var)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _server(var):
    return int((var / "pg" / "postmaster.pid").read_text().split()[0])


def _do(url, *statements):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _ask(url, question):
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(question).fetchone()[0]
