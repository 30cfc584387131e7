"""The watcher of deadlines, in this process: nothing due, everything looked at, 100 due."""

from collections.abc import Callable

import psycopg
from sqlalchemy import text

from app.clock import utc_now
from app.jobs.watch_deadlines import Watcher
from tenants.database import Database
from tests.bench.figures import Baseline, Figure, Limit
from tests.bench.measuring import interleaved, timed

ROUNDS, DUE_ROUNDS, DUE = 200, 10, 100
NOTHING = "bare transaction"
MAKE_DUE = """
UPDATE deadlines SET due_at = now() - interval '5 seconds' WHERE (tenant_id, id) IN (
  SELECT tenant_id, id FROM deadlines WHERE fired_at IS NULL ORDER BY due_at DESC LIMIT %s)
"""


def sweep_figures(database: Database, url: str) -> list[Figure]:
    """How long the watcher looks; `url`: the superuser's, to make deadlines due."""
    watcher = Watcher(database)
    watcher.look(now=utc_now())
    ms = interleaved(
        {
            NOTHING: lambda: _nothing(database),
            "empty": lambda: watcher.look(now=utc_now()),
            "whole": lambda: Watcher(database).look(now=utc_now()),
        },
        rounds=ROUNDS,
    )
    nothing = Baseline(NOTHING, ms[NOTHING])
    return [
        Figure(NOTHING, ms[NOTHING], "ms"),
        Figure("empty deadline sweep", ms["empty"], "ms", nothing, Limit(1)),
        Figure("empty sweep of the whole index", ms["whole"], "ms", nothing),
        Figure(f"sweep of {DUE} due", _due_ms(watcher, url), "ms", nothing, Limit(50)),
    ]


def _due_ms(watcher: Watcher, url: str) -> float:
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        times = [_one_due_ms(connection, watcher) for _ in range(DUE_ROUNDS)]
        connection.execute("DELETE FROM procrastinate_jobs")
    return sorted(times)[DUE_ROUNDS // 2]


def _one_due_ms(connection: psycopg.Connection, watcher: Watcher) -> float:
    connection.execute(MAKE_DUE, (DUE,))
    return timed(_claiming(watcher))


def _claiming(watcher: Watcher) -> Callable[[], None]:
    def claim() -> None:
        assert len(watcher.look(now=utc_now())) == DUE

    return claim


def _nothing(database: Database) -> None:
    with database.across_tenants() as session:
        session.execute(text("SELECT 1"))
