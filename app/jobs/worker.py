"""The worker: takes jobs from the queue and runs them, a few at once, until it is told to stop.

The only place that binds the names of `app.jobs` to Procrastinate. Each lane is a worker of its
own in one process, so that what waits in one holds up none of the others.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from app.gateways.queue import Queue
from app.jobs import (
    LANES,
    SCHEDULES,
    TASKS,
    JobRefused,
    Lane,
    Schedule,
    Task,
    Way,
    checked_arguments,
    pause_after,
)
from app.jobs.precedence import Precedence
from app.services import Services
from tenants.database import Role

log = logging.getLogger(__name__)

Turn = Callable[[], contextlib.AbstractContextManager[None]]

HEARTBEAT_S = 5
STALLED_S = 20
POLL_S = 1
GRACE_S = 15  # for the jobs that run when we are told to stop
END_S = 18.0  # a silent relay holds its thread longer than the supervisor waits: 20 s
STEADY_S = 60.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0  # after the database was away
POOL_WAIT_S = 10.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Backoff(BaseRetryStrategy):
    """Pauses that double, up to a number of attempts; a refused job gets no second one."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When the job is run again; None: it stays on the shelf of failed jobs."""
        attempt = job.attempts + 1
        if isinstance(exception, JobRefused) or attempt >= self._attempts:
            return None
        return RetryDecision(retry_in={"seconds": pause_after(attempt)})


def run_worker(services: Services) -> None:
    """Work until SIGTERM or SIGINT; a database that goes away is waited for."""
    asyncio.run(_work(services))


async def _work(services: Services) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(sum(lane.threads for lane in LANES)))
    with _stop_on_signal(loop) as stopping:
        pause_s = FIRST_PAUSE_S
        while not stopping.is_set():
            began_s = time.monotonic()
            try:
                await _until_stopped(services, stopping)
            except (ConnectorException, OperationalError, PoolTimeout):
                log.warning("the job queue is away", extra={"again_in_s": pause_s})
            steady = time.monotonic() - began_s > STEADY_S
            pause_s = FIRST_PAUSE_S if steady else min(2 * pause_s, LONGEST_PAUSE_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause_s)


@contextlib.contextmanager
def _stop_on_signal(loop: asyncio.AbstractEventLoop) -> Iterator[asyncio.Event]:
    stopping = asyncio.Event()

    def stop() -> None:
        stopping.set()
        _end_at_last()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield stopping
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


def _end_at_last() -> None:
    """End in time whatever a job waits for: another worker takes what it leaves behind."""
    last = threading.Timer(END_S, os._exit, (0,))
    last.daemon = True
    last.start()


async def _until_stopped(services: Services, stopping: asyncio.Event) -> None:
    """Run all lanes; when one ends, or a signal comes, let the jobs that run end, and return."""
    connector = _connector(services)
    precedence = Precedence()
    apps = {lane: _app(connector, lane, services, precedence) for lane in LANES}
    async with apps[LANES[0]].open_async():
        lanes = [asyncio.create_task(_run(app, lane)) for lane, app in apps.items()]
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait([*lanes, told], return_when=asyncio.FIRST_COMPLETED)
        for each in (*lanes, told):
            each.cancel()
        ended = await asyncio.gather(*lanes, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, Exception):
            raise outcome


async def _run(app: App, lane: Lane) -> None:
    await app.run_worker_async(
        queues=[queue.value for queue in lane.queues],
        name=lane.name,
        concurrency=lane.threads,
        delete_jobs="successful",
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_S,
        fetch_job_polling_interval=POLL_S,
        shutdown_graceful_timeout=GRACE_S,
        install_signal_handlers=False,
    )


def _connector(services: Services) -> PsycopgConnector:
    url = services.database.engine(Role.OPS).url.set(drivername="postgresql")
    return PsycopgConnector(
        pool_factory=_pool,
        conninfo=url.render_as_string(hide_password=False),
        min_size=1,
        max_size=2 + len(LANES),
        timeout=POOL_WAIT_S,
        kwargs={"application_name": "jobs", "connect_timeout": 5},
        configure=_one_statement_each,
    )


async def _one_statement_each(connection: AsyncConnection[Any]) -> None:
    """The queue does one statement at a time: begin and commit would be two more."""
    await connection.set_autocommit(True)


def _pool(**settings: Any) -> AsyncConnectionPool:
    """Without a question before each use, which would double the round trips of a job.

    A connection that was lost ends the lanes, and they begin anew.
    """
    return AsyncConnectionPool(**{**settings, "check": None})


def _app(
    connector: PsycopgConnector, lane: Lane, services: Services, precedence: Precedence
) -> App:
    app = App(connector=connector)
    turn = _turn(lane, precedence)
    for task in TASKS:
        app.task(name=task.name, retry=Backoff(task.attempts))(_task(task, services, turn))
    if Queue.UPKEEP in lane.queues:
        for schedule in SCHEDULES:
            _add_schedule(app, schedule, services)
    return app


def _turn(lane: Lane, precedence: Precedence) -> Turn:
    if lane.way is Way.FIRST:
        return precedence.going_first
    return precedence.giving_way if lane.way is Way.GIVES else contextlib.nullcontext


def _task(task: Task, services: Services, turn: Turn) -> Callable[..., None]:
    work = _function(task.name)

    def run(**args: object) -> None:
        tenant_id, about = checked_arguments(task, args)
        with turn():
            work(services, tenant_id, about)

    return run


def _add_schedule(app: App, schedule: Schedule, services: Services) -> None:
    """One run of it waits at most; no lock, which a run that a crash left over would hold."""
    work = _function(schedule.name)

    def run(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        work(services)

    task = app.task(name=schedule.name, queue=Queue.UPKEEP, queueing_lock=schedule.name)(run)
    app.periodic(cron=schedule.cron)(task)


def _function(name: str) -> Callable[..., Any]:
    work: Callable[..., Any] = getattr(importlib.import_module(f"app.jobs.{name}"), name)
    return work
