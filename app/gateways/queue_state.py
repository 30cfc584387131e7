"""The job queue looked at from outside: its figures, its dead workers, its shelf of failed jobs.

Apart from asking for work, because a room never needs to know how the queue stands.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Executable,
    Text,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.gateways.queue_tables import EVENTS, JOBS, PERIODIC_DEFERS, WORKERS
from tenants.errors import NotFound

SHELF_ROWS = 100

# Enum columns compared as literals: a parameter would arrive as text, which an enum is not.
_TODO: ColumnElement[bool] = literal_column("procrastinate_jobs.status = 'todo'")
_DOING: ColumnElement[bool] = literal_column("procrastinate_jobs.status = 'doing'")
_FAILED: ColumnElement[bool] = literal_column("procrastinate_jobs.status = 'failed'")
_ASKED: ColumnElement[bool] = literal_column("procrastinate_events.type = 'deferred'")


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How many jobs of a queue have a status: todo, doing, failed."""

    queue: str
    status: str
    jobs: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good. `failed_at`: when; None where the queue does not say."""

    id: int
    task_name: str
    queue: str
    args: dict[str, int | str]
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """The last time the clock asked for a task. `status`: of that job; None once it is gone."""

    task_name: str
    asked_at: datetime
    status: str | None


@dataclass(frozen=True, slots=True)
class StalledJob:
    """A job whose worker is dead."""

    id: int
    task_name: str
    attempts: int


def queue_figures(session: Session) -> list[QueueFigures]:
    """Jobs by queue and status. `session`: of `Database.across_tenants`, as for all of these."""
    rows = session.execute(
        select(JOBS.c.queue_name, cast(JOBS.c.status, Text), func.count())
        .group_by(JOBS.c.queue_name, JOBS.c.status)
        .order_by(JOBS.c.queue_name, JOBS.c.status)
    )
    return [QueueFigures(*row) for row in rows]


def oldest_waiting(session: Session, *, now: datetime) -> datetime | None:
    """Since when the job has waited that waits longest; None where none does.

    A job that is not yet due does not wait; one that is tried again waits from then on.
    """
    asked_at = (
        select(func.min(EVENTS.c.at)).where(EVENTS.c.job_id == JOBS.c.id, _ASKED).scalar_subquery()
    )
    return session.scalar(
        select(func.min(func.coalesce(JOBS.c.scheduled_at, asked_at))).where(
            _TODO, or_(JOBS.c.scheduled_at.is_(None), JOBS.c.scheduled_at <= now)
        )
    )


def things_in_line(session: Session, task_name: str, about: str) -> set[tuple[int, int]]:
    """Tenant and id of what the unfinished jobs of a task are about. `about`: the id's argument."""
    tenant_id, thing_id = (JOBS.c.args[name].as_integer() for name in ("tenant_id", about))
    rows = session.execute(
        select(tenant_id, thing_id).where(JOBS.c.task_name == task_name, or_(_TODO, _DOING))
    )
    return {(row[0], row[1]) for row in rows}


def workers_alive(session: Session, *, since: datetime) -> int:
    """How many lanes of workers have spoken since then."""
    alive = select(func.count()).where(WORKERS.c.last_heartbeat >= since)
    return session.execute(alive).scalar_one()


def failed_jobs(session: Session) -> list[FailedJob]:
    """The shelf: jobs that failed for good, the newest first, at most SHELF_ROWS."""
    failed_at = select(func.max(EVENTS.c.at)).where(EVENTS.c.job_id == JOBS.c.id).scalar_subquery()
    job = JOBS.c
    rows = session.execute(
        select(job.id, job.task_name, job.queue_name, job.args, job.attempts, failed_at)
        .where(_FAILED)
        .order_by(job.id.desc())
        .limit(SHELF_ROWS)
    )
    return [FailedJob(*row) for row in rows]


def scheduled_runs(session: Session) -> list[ScheduledRun]:
    """The last run of every schedule that has ever run, by name."""
    asked = PERIODIC_DEFERS.c
    rows = session.execute(
        select(asked.task_name, func.to_timestamp(asked.defer_timestamp), cast(JOBS.c.status, Text))
        .select_from(PERIODIC_DEFERS.outerjoin(JOBS, JOBS.c.id == asked.job_id))
        .ext(distinct_on(asked.task_name))
        .order_by(asked.task_name, asked.defer_timestamp.desc())
    )
    return [ScheduledRun(*row) for row in rows]


def run_again(session: Session, job_id: int) -> None:
    """Put a failed job back in line, with all its attempts before it. Raises NotFound."""
    if not _back_in_line(session, job_id, _FAILED, attempts=0):
        raise NotFound("There is no such failed job.")


def stalled_jobs(session: Session, *, silent_s: int) -> list[StalledJob]:
    """Jobs that are being done by nobody: their worker is gone or silent for `silent_s`."""
    silent = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, silent_s)
    worker = JOBS.outerjoin(WORKERS, WORKERS.c.id == JOBS.c.worker_id)
    rows = session.execute(
        select(JOBS.c.id, JOBS.c.task_name, JOBS.c.attempts)
        .select_from(worker)
        .where(_DOING, or_(WORKERS.c.id.is_(None), WORKERS.c.last_heartbeat < silent))
    )
    return [StalledJob(*row) for row in rows]


def retry_stalled(session: Session, job_id: int) -> bool:
    """Whether the job was still nobody's: it is back in line, one attempt poorer."""
    return _back_in_line(session, job_id, _DOING, attempts=JOBS.c.attempts + 1)


def fail_stalled(session: Session, job_id: int) -> bool:
    """Whether the job was still nobody's: it lies on the shelf now."""
    failed = (
        update(JOBS)
        .where(JOBS.c.id == job_id, _DOING)
        .values(status=literal_column("'failed'"), attempts=JOBS.c.attempts + 1)
    )
    return _touched(session, failed.returning(JOBS.c.id))


def _back_in_line(
    session: Session, job_id: int, standing: ColumnElement[bool], *, attempts: object
) -> bool:
    """Put a job that stands so back in line; where its twin waits already, that one is enough."""
    twin = JOBS.alias("twin")
    waits = (
        select(twin.c.id)
        .where(twin.c.queueing_lock == JOBS.c.queueing_lock, literal_column("twin.status = 'todo'"))
        .exists()
    )
    again = (
        update(JOBS)
        .where(JOBS.c.id == job_id, standing, ~waits)
        .values(status=literal_column("'todo'"), attempts=attempts, scheduled_at=None)
    )
    spare = delete(JOBS).where(JOBS.c.id == job_id, standing, waits)
    return _touched(session, again.returning(JOBS.c.id)) or _touched(
        session, spare.returning(JOBS.c.id)
    )


def _touched(session: Session, change: Executable) -> bool:
    return session.execute(change).one_or_none() is not None
