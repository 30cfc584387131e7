"""Runs all benchmarks against a database of their own, prints the table, writes var/bench.json.

The figures fail nothing: a limit that does not hold is marked, and read by people.
"""

import contextlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from app.clock import utc_now
from app.commands.database import migrate
from config import environment_value
from tenants import embedded_database
from tenants.database import Database
from tests import cast
from tests.bench import servers
from tests.bench.anchor import AnchorRow
from tests.bench.figures import Figure, as_document, as_table
from tests.bench.filling import Filled, add_tenants, multiply
from tests.bench.mails import mail_figures
from tests.bench.pages import page_figures
from tests.bench.sizes import first_view_figures, memory_figures, start_figures
from tests.bench.sweeps import sweep_figures

VAR = servers.ROOT / "var"
FOLDER = VAR / "bench"
RESULT = VAR / "bench.json"
TENANTS = 200
LARGE, SMALL = 100_000, 1_000


def main() -> None:
    """Fill, measure, print."""
    with _server() as url:
        small, large = _of(url, "small"), _of(url, "large")
        filled = _fill(url, small, large)
        figures = _measured(large, small, filled)
    sys.stdout.write(as_table(figures) + "\n")
    RESULT.write_text(as_document(figures, _about()))


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """A PostgreSQL of our own, gone with all its files at the end."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        yield embedded_database.start(FOLDER, environment_value("PG_BINDIR"))
    finally:
        embedded_database.stop(FOLDER)
        shutil.rmtree(FOLDER, ignore_errors=True)


def _fill(url: str, small: str, large: str) -> Filled:
    """Both databases hold the same tenants and people; their tickets differ in number only."""
    _say(f"filling {LARGE} and {SMALL} tickets of {TENANTS} partners")
    _admin(url, "CREATE DATABASE small")
    migrate(small, secret=cast.SECRET)
    database = Database(small, secret=cast.SECRET)
    filled = add_tenants(database, tenants=TENANTS, now=utc_now())
    _close(database)
    _admin(url, "CREATE DATABASE large TEMPLATE small")
    for each, tickets in ((small, SMALL), (large, LARGE)):
        multiply(each, tickets_each=tickets // TENANTS, operator_id=filled.operator_id)
    engine = create_engine(large)
    AnchorRow.metadata.create_all(engine)
    engine.dispose()
    return filled


def _measured(large: str, small: str, filled: Filled) -> list[Figure]:
    settings = servers.settings(large, FOLDER / "large")
    small_settings = servers.settings(small, FOLDER / "small")
    with (
        servers.anchor(large) as anchor,
        servers.web(settings) as ours,
        servers.web(small_settings) as ours_small,
    ):
        _say("pages")
        figures = page_figures(ours.port, ours_small.port, anchor.port, filled)
        _say("sweeps")
        database = Database(large, secret=cast.SECRET)
        figures += sweep_figures(database, large)
        _close(database)
        _say("mail")
        figures += mail_figures(large, settings, anchor.port, filled)
        _say("sizes")
        figures += first_view_figures(ours.port)
        figures += memory_figures(ours, anchor, filled)
    _say("starts")
    return figures + start_figures(settings, large)


def _about() -> dict[str, object]:
    return {
        "measured_at": utc_now().isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "open_tickets": LARGE,
        "partners": TENANTS,
    }


def _of(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _admin(url: str, statement: str) -> None:
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def _close(database: Database) -> None:
    for role in cast.ROLES:
        database.engine(role).dispose()


def _say(words: str) -> None:
    sys.stderr.write(f"bench: {words} …\n")


if __name__ == "__main__":
    main()
