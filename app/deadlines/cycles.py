"""The cycles of a clock and what may happen to them, as values.

A clock has closed cycles and at most one that runs. Nothing here changes a cycle: each event gives
the next one, and doing the same twice is doing it once. Apart from the counting, which knows no
history.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.deadlines.clocks import DueResult, due
from app.deadlines.pauses import (
    ClockKind,
    Pause,
    PauseReason,
    WaitsFor,
    pause_reason,
    with_pause_ended,
)
from app.deadlines.trace import explain_promise
from tenants.promises.service_hours import WorkCalendar, is_open
from tenants.promises.target import Target, TargetKind


class Outcome(StrEnum):
    """How a cycle stands or ended."""

    RUNNING = "running"
    MET = "met"
    BREACHED = "breached"
    SUPERSEDED = "superseded"  # a raised priority would have made it late; a new cycle took over


# Clocks that begin again when a ticket is reopened: a first response that was given stays given.
STARTS_AGAIN_ON_REOPENING: frozenset[ClockKind] = frozenset({ClockKind.RESOLUTION})


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of one clock.

    `number`: 1 for the first of its kind on the ticket. `target`: None has no deadline.
    `promised_at`: the instant given to the requester, for PROMISE only.
    """

    kind: ClockKind
    number: int
    started_at: datetime
    target: Target | None
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    promised_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended; a paused cycle has not."""
        return self.outcome is Outcome.RUNNING

    @property
    def open_pause(self) -> Pause | None:
        """The pause that lasts, if one does."""
        return next((pause for pause in self.pauses if pause.is_open), None)


def start_cycle(
    kind: ClockKind,
    target: Target | None,
    *,
    at: datetime,
    waits_for: WaitsFor = WaitsFor.DESK,
    number: int = 1,
) -> Cycle:
    """A cycle that runs from `at`, paused from birth where the ticket's waiting asks for it."""
    cycle = Cycle(kind, number, at, target)
    return follow_waiting(cycle, waits_for, at=at)


def start_promise(promised_at: datetime, *, at: datetime, number: int = 1) -> Cycle:
    """The cycle of an instant promised to the requester at `at`."""
    return Cycle(ClockKind.PROMISE, number, at, target=None, promised_at=promised_at)


def cycle_due(cycle: Cycle, calendar: WorkCalendar) -> DueResult:
    """When the cycle falls due, and why. A promise is due as promised, whatever happens."""
    if cycle.promised_at is not None:
        return DueResult(cycle.promised_at, explain_promise(cycle.started_at, cycle.promised_at))
    return due(calendar, cycle.target, cycle.started_at, cycle.pauses)


def follow_waiting(cycle: Cycle, waits_for: WaitsFor, *, at: datetime) -> Cycle:
    """The cycle paused or resumed as the ticket's waiting asks of this kind of clock."""
    reason = pause_reason(cycle.kind, waits_for)
    if reason is None:
        return resume(cycle, at=at)
    return pause(cycle, reason, at=at)


def pause(cycle: Cycle, reason: PauseReason, *, at: datetime) -> Cycle:
    """The cycle standing still from `at`; unchanged where it does so already or has ended."""
    lasting = cycle.open_pause
    if not cycle.is_running or (lasting is not None and lasting.reason is reason):
        return cycle
    begins_at = max(at, cycle.started_at)
    before = with_pause_ended(cycle.pauses, begins_at)
    return replace(cycle, pauses=(*before, Pause(begins_at, None, reason)))


def resume(cycle: Cycle, *, at: datetime) -> Cycle:
    """The cycle running again from `at`; unchanged where it is not paused or has ended."""
    if not cycle.is_running or cycle.open_pause is None:
        return cycle
    return replace(cycle, pauses=with_pause_ended(cycle.pauses, at))


def end(cycle: Cycle, calendar: WorkCalendar, *, at: datetime) -> Cycle:
    """The cycle ended at `at`: met up to its due time, breached after it; ended ones unchanged."""
    if not cycle.is_running:
        return cycle
    due_at = cycle_due(cycle, calendar).due_at
    outcome = Outcome.MET if due_at is None or at <= due_at else Outcome.BREACHED
    return _closed(cycle, outcome, at)


def recompute(
    cycle: Cycle, calendar: WorkCalendar, target: Target | None, *, at: datetime
) -> tuple[Cycle, ...]:
    """The cycle with another target, counted from its own start with its pauses.

    Where only the change would make it late at `at`, two: the old one superseded, and a new one
    from `at`. An ended cycle and a promise stay as they are.
    """
    if not cycle.is_running or cycle.kind is ClockKind.PROMISE or cycle.target == target:
        return (cycle,)
    changed = replace(cycle, target=target)
    if is_late(cycle, calendar, at=at) or not is_late(changed, calendar, at=at):
        return (changed,)
    return (_closed(cycle, Outcome.SUPERSEDED, at), _successor(changed, at))


def reopen(cycle: Cycle, *, at: datetime, waits_for: WaitsFor = WaitsFor.DESK) -> Cycle:
    """The next cycle when a ticket is reopened; the same where it runs or its kind stays ended."""
    if cycle.is_running or cycle.kind not in STARTS_AGAIN_ON_REOPENING:
        return cycle
    number = cycle.number + 1
    return start_cycle(cycle.kind, cycle.target, at=at, waits_for=waits_for, number=number)


def is_late(cycle: Cycle, calendar: WorkCalendar, *, at: datetime) -> bool:
    """Whether the due time has come by `at` while the cycle runs."""
    due_at = cycle_due(cycle, calendar).due_at
    return cycle.is_running and due_at is not None and due_at <= at


def paused_reason(cycle: Cycle, calendar: WorkCalendar, *, at: datetime) -> PauseReason | None:
    """Why the clock stands still at `at`: a pause, else the hours; None while it runs. To show."""
    if not cycle.is_running:
        return None
    if cycle.open_pause is not None:
        return cycle.open_pause.reason
    counts_hours = cycle.target is not None and cycle.target.kind is not TargetKind.CALENDAR
    if counts_hours and not is_open(calendar, at):
        return PauseReason.OUTSIDE_SERVICE_HOURS
    return None


def _closed(cycle: Cycle, outcome: Outcome, at: datetime) -> Cycle:
    pauses = with_pause_ended(cycle.pauses, at)
    return replace(cycle, pauses=pauses, ended_at=at, outcome=outcome)


def _successor(cycle: Cycle, at: datetime) -> Cycle:
    lasting = cycle.open_pause
    pauses = (Pause(at, None, lasting.reason),) if lasting else ()
    return Cycle(cycle.kind, cycle.number + 1, at, cycle.target, pauses)
