"""How later work is asked for: a row in the job queue, in the asking transaction itself.

Rooms name a task and its ids; which function that is, only `app.jobs` knows. A rollback leaves no
job, a commit leaves exactly one. Written as a plain insert rather than by Procrastinate: it reads
the detail of a conflict, which the database hides from a login that may not read the queue.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from app.gateways.queue_tables import JOBS


class Queue(StrEnum):
    """Lines that do not wait for each other: a slow relay holds up no mail on its way in."""

    INTAKE = "intake"
    MAIL = "mail"
    DEADLINES = "deadlines"
    DEFAULT = "default"
    REPORTS = "reports"  # invoices, reports: what may wait
    UPKEEP = "upkeep"


# Without a target of its own, for which the login would need to read the column.
_ASK = insert(JOBS).inline().on_conflict_do_nothing()
_ARGS = func.jsonb_array_elements(bindparam("all_args", type_=JSONB)).column_valued("args")
_ASK_EACH = (
    insert(JOBS)
    .from_select(
        ["queue_name", "task_name", "args"],
        select(bindparam("queue", type_=Text), bindparam("task", type_=Text), _ARGS),
    )
    .inline()
    .on_conflict_do_nothing()
)


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
    job = {
        "queue_name": queue.value,
        "task_name": task_name,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "scheduled_at": schedule_at,
        "args": args,
    }
    session.execute(_ASK, job)


def defer_each(
    session: Session, task_name: str, asked: Sequence[Mapping[str, int]], *, queue: Queue
) -> None:
    """Ask for `task_name` once for each of `asked` (ids only), in one statement."""
    if asked:
        all_args = [dict(args) for args in asked]
        values = {"queue": queue.value, "task": task_name, "all_args": all_args}
        session.execute(_ASK_EACH, values)
