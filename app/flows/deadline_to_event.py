"""A deadline has come: the warning or the breach stands in the ticket's history, once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.deadlines.actions import mark_breached
from app.deadlines.cycles import Outcome
from app.deadlines.queries import FiredDeadline, KeptCycle, cycles_of, fired_deadline
from app.tickets.actions import record_clock_event
from app.tickets.changes import Change
from app.tickets.kinds import EventKind
from app.tickets.queries import ticket_state_by_id

BREACH_PCT = 100


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """What was written into a ticket's history."""

    ticket_id: int
    kind: EventKind


def deadline_to_event(session: Session, deadline_id: int, *, now: datetime) -> ClockEvent | None:
    """Record what a claimed deadline means; None where it means nothing any more.

    That is so when the clock was stopped in time, and when this ran before.
    """
    fired = fired_deadline(session, deadline_id)
    if fired is None:
        return None
    cycle = _cycle(cycles_of(session, fired.ticket_id), fired)
    if cycle is None or not _still_counts(fired, cycle):
        return None
    ticket = ticket_state_by_id(session, fired.ticket_id)
    change = clock_change(fired)
    if not record_clock_event(session, ticket.number, change, now=now):
        return None
    if change.kind is EventKind.DEADLINE_BREACHED:
        mark_breached(session, fired.ticket_id, fired.kind, fired.cycle, at=fired.due_at)
    return ClockEvent(fired.ticket_id, change.kind)


def clock_change(fired: FiredDeadline) -> Change:
    """The line of history for a share of a target that is used up; all of it is a breach."""
    clock = {"clock": fired.kind.value, "cycle": fired.cycle}
    if fired.threshold_pct >= BREACH_PCT:
        return Change(EventKind.DEADLINE_BREACHED, after=clock)
    return Change(EventKind.DEADLINE_WARNED, after={**clock, "threshold_pct": fired.threshold_pct})


def _cycle(cycles: list[KeptCycle], fired: FiredDeadline) -> KeptCycle | None:
    wanted = (fired.kind, fired.cycle)
    return next((kept for kept in cycles if (kept.cycle.kind, kept.cycle.number) == wanted), None)


def _still_counts(fired: FiredDeadline, kept: KeptCycle) -> bool:
    """A clock that runs is warned of; one that ended late is a breach however fast it ended."""
    if kept.cycle.is_running:
        return True
    return fired.threshold_pct >= BREACH_PCT and kept.cycle.outcome is Outcome.BREACHED
