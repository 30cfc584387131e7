"""What a ticket tells its clocks, and what they tell it back.

Apart from the actions, so that the tickets room can copy the answer without knowing a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.deadlines.clocks import target_length_s
from app.deadlines.cycles import Cycle, cycle_due, paused_reason
from tenants.promises.priority import Priority
from tenants.promises.service_hours import WorkCalendar


@dataclass(frozen=True, slots=True)
class ClockSubject:
    """What clocks must know of a ticket. `channel`: how it arrived."""

    ticket_id: int
    brand_id: int
    client_id: int | None
    priority: Priority
    channel: str
    is_vip: bool


@dataclass(frozen=True, slots=True)
class NextDue:
    """The nearest running deadline of a ticket; the queue's order.

    `due_at` None: nothing is promised, or `paused_reason` keeps every clock still. `target_s`: the
    length of the promise in seconds of its own kind of time.
    """

    due_at: datetime | None = None
    kind: str | None = None
    target_s: int | None = None
    paused_reason: str | None = None


NOTHING_DUE = NextDue()


def nearest(cycles: Iterable[tuple[Cycle, WorkCalendar]], *, at: datetime) -> NextDue:
    """The nearest due time of the running cycles, or why they all stand still."""
    running = [(cycle, calendar) for cycle, calendar in cycles if cycle.is_running]
    due = [
        (due_at, cycle, calendar)
        for cycle, calendar in running
        if (due_at := cycle_due(cycle, calendar).due_at) is not None
    ]
    if due:
        due_at, cycle, calendar = min(due, key=lambda each: each[0])
        return NextDue(due_at, cycle.kind.value, _length_s(cycle, calendar, due_at))
    reasons = (paused_reason(cycle, calendar, at=at) for cycle, calendar in running)
    reason = next((each for each in reasons if each is not None), None)
    return NextDue(paused_reason=reason.value if reason else None)


def _length_s(cycle: Cycle, calendar: WorkCalendar, due_at: datetime) -> int:
    if cycle.target is None:
        return max(int((due_at - cycle.started_at).total_seconds()), 0)
    return target_length_s(calendar, cycle.target, cycle.started_at)
