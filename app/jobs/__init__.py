"""Work started by the clock or asked for by a room: every task and every schedule, on one page.

A name here is a module of this folder and the one function in it: `name(services, tenant_id, id)`
for a task, `name(services)` for a schedule. Each may run twice, and then changes things once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from app.gateways.queue import Queue

ATTEMPTS = 8
LONGEST_PAUSE_S = 300


class JobRefused(ValueError):
    """A job that no attempt can do: it names no tenant, or not what its task works on."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work on one thing of one tenant. `about`: the argument that names the thing."""

    name: str
    about: str
    attempts: int = ATTEMPTS  # afterwards it lies on the shelf of failed jobs, for a person


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work over all tenants. `cron`: UTC; a sixth field counts seconds."""

    name: str
    cron: str


class Way(Enum):
    """Whose turn it is where two lanes meet."""

    FIRST = "first"
    BESIDE = "beside"
    GIVES = "gives"  # waits a moment while one of FIRST is busy


@dataclass(frozen=True, slots=True)
class Lane:
    """Queues that share threads of a worker. `threads`: how many jobs of them run at once."""

    name: str
    queues: tuple[Queue, ...]
    threads: int
    way: Way = Way.BESIDE


TASKS = (
    Task("take_mail", "raw_mail_id"),
    Task("poll_mailbox", "mailbox_id"),
    Task("deadline_fired", "deadline_id"),
    Task("deliver_outbox", "message_id"),
    Task("close_month", "month"),
    Task("deliver_invoice", "invoice_id"),
)

SCHEDULES = (
    Schedule("rescue_jobs", "* * * * * */10"),
    Schedule("find_late_deadlines", "* * * * *"),
    Schedule("heartbeat", "* * * * *"),
    Schedule("retake_mails", "* * * * *"),
    Schedule("fetch_mail", "* * * * *"),
    Schedule("reconcile_outbox", "*/10 * * * *"),
    Schedule("close_resolved", "23 * * * *"),
    Schedule("close_due_months", "7 * * * *"),
    Schedule("sweep_files", "7 3 * * *"),
    Schedule("forget_sign_ins", "41 * * * *"),
)

LANES = (
    Lane("intake", (Queue.INTAKE,), threads=4, way=Way.FIRST),
    Lane("mail", (Queue.MAIL,), threads=4, way=Way.GIVES),
    Lane("desk", (Queue.DEADLINES, Queue.DEFAULT), threads=2),
    Lane("reports", (Queue.REPORTS,), threads=1),
    Lane("upkeep", (Queue.UPKEEP,), threads=1),
)


def checked_arguments(task: Task, args: Mapping[str, object]) -> tuple[int, int | str]:
    """Tenant and thing of a job. Raises JobRefused for one without a tenant, or with more."""
    if set(args) != {"tenant_id", task.about}:
        raise JobRefused(f"{task.name} takes tenant_id and {task.about}")
    tenant_id, about = args["tenant_id"], args[task.about]
    if type(tenant_id) is not int or tenant_id < 0:
        raise JobRefused(f"{task.name} belongs to a tenant")
    if type(about) is not int and not isinstance(about, str):
        raise JobRefused(f"{task.about} names one thing")
    return tenant_id, about


def pause_after(attempt: int) -> int:
    """Seconds before the next attempt after attempt number `attempt` (1 for the first) failed."""
    return min(1 << min(attempt, 2 * ATTEMPTS), LONGEST_PAUSE_S)
