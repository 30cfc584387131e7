"""How later work is asked for: a row in the job queue, in the asking transaction itself.

Rooms name a task and its ids; which function that is, only `app.jobs` knows. A rollback leaves no
job, a commit leaves exactly one.
"""

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from procrastinate import App
from procrastinate import exceptions as procrastinate_errors
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from procrastinate.types import JSONValue
from sqlalchemy.orm import Session


class Queue(StrEnum):
    """Lines that do not wait for each other: a slow relay holds up no mail on its way in."""

    INTAKE = "intake"
    MAIL = "mail"
    DEADLINES = "deadlines"
    DEFAULT = "default"
    REPORTS = "reports"  # invoices, reports: what may wait
    UPKEEP = "upkeep"


def defer(
    session: Session,
    task_name: str,
    *,
    queue: Queue = Queue.DEFAULT,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_at: datetime | None = None,
    **args: int | str,
) -> None:
    """Ask for `task_name` with `args` (ids only) once this transaction commits.

    `lock`: jobs that share it run one after another. `queueing_lock`: at most one such job waits;
    asking again is no error. `schedule_at`: not before this instant.
    """
    job = _asking_app().configure_task(
        name=task_name,
        queue=queue.value,
        lock=lock,
        queueing_lock=queueing_lock,
        schedule_at=schedule_at,
        connection=session.connection().connection.driver_connection,
    )
    if queueing_lock is None:
        job.defer(**args)
        return
    nested = session.begin_nested()
    try:
        job.defer(**args)
    except procrastinate_errors.AlreadyEnqueued:
        nested.rollback()
    else:
        nested.commit()


def defer_each(
    session: Session, task_name: str, asked: Sequence[Mapping[str, int]], *, queue: Queue
) -> None:
    """Ask for `task_name` once for each of `asked` (ids only), in one statement."""
    if not asked:
        return
    job = _asking_app().configure_task(
        name=task_name,
        queue=queue.value,
        connection=session.connection().connection.driver_connection,
    )
    job.batch_defer(*(dict[str, JSONValue](args) for args in asked))


@functools.cache
def _asking_app() -> App:
    """An app that is never opened: it only writes rows on connections it is handed."""
    return App(connector=SyncPsycopgConnector())
