"""The clocks of a ticket as values, each with the calendar it runs by and its explanation."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from app.deadlines.cycles import Cycle, Outcome
from app.deadlines.models import ClockCycle, ClockPause, Deadline
from app.deadlines.pauses import ClockKind, Pause, PauseReason
from app.deadlines.trace import TraceLine, trace_from_json
from tenants.database import acting_tenant
from tenants.promises.hours_json import calendar_from_json
from tenants.promises.models import Calendar
from tenants.promises.service_hours import WorkCalendar
from tenants.promises.target import target_from_json

MOST_LATE = 1000
_DEADLINES: Table = Deadline.__table__  # type: ignore[assignment]
# A literal, since a parameter would not match the partial index.
_RUNNING: ColumnElement[bool] = literal_column("deadlines.fired_at IS NULL")
_COME = (
    select(_DEADLINES.c.id)
    .where(
        _RUNNING,
        _DEADLINES.c.due_at <= bindparam("now"),
        _DEADLINES.c.due_at > bindparam("after"),
    )
    .order_by(_DEADLINES.c.due_at)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Source:
    """Which promise a cycle was copied from. `why`: how the service level was chosen, in words."""

    calendar_id: int
    calendar_version: int
    service_level_id: int
    service_level_version: int
    why: str


@dataclass(frozen=True, slots=True)
class KeptCycle:
    """A cycle as it is kept. `due_at`: None while paused, and without a target."""

    id: int
    cycle: Cycle
    calendar: WorkCalendar
    source: Source
    due_at: datetime | None
    trace: tuple[TraceLine, ...]
    breach_reason: str | None


@dataclass(frozen=True, slots=True)
class FiredDeadline:
    """A share of a target that is used up."""

    ticket_id: int
    kind: ClockKind
    cycle: int
    threshold_pct: int
    due_at: datetime


def running_cycles(session: Session, ticket_id: int) -> list[KeptCycle]:
    """The clocks of a ticket that have not ended, in the order they began."""
    return _kept(session, _cycles(session, ticket_id).where(ClockCycle.ended_at.is_(None)))


def cycles_of(session: Session, ticket_id: int) -> list[KeptCycle]:
    """All clocks a ticket ever had, in the order they began."""
    return _kept(session, _cycles(session, ticket_id))


def promised_resolution(session: Session, ticket_id: int) -> datetime | None:
    """By when the requester was told to have a solution; None while no clock says."""
    found: datetime | None = session.scalar(
        _RESOLUTION, {"of_tenant": acting_tenant(session), "of_ticket": ticket_id}
    )
    return found


def fired_deadline(session: Session, deadline_id: int) -> FiredDeadline | None:
    """A deadline that the watcher claimed; None where it is unknown or was not claimed."""
    row = session.scalar(
        select(Deadline).where(
            Deadline.tenant_id == acting_tenant(session),
            Deadline.id == deadline_id,
            Deadline.fired_at.is_not(None),
        )
    )
    if row is None:
        return None
    kind = ClockKind(row.kind)
    return FiredDeadline(row.ticket_id, kind, row.cycle, row.threshold_pct, row.due_at)


def has_come(session: Session, *, now: datetime, after: datetime) -> bool:
    """Whether a deadline due by `now`, and later than `after`, was claimed by nobody.

    `session`: of `Database.across_tenants`. `after`: leaves out the dead entries at the left end of
    the index, which an old open transaction keeps there.
    """
    return session.execute(_COME, {"now": now, "after": after}).first() is not None


def late_deadlines(session: Session, *, before: datetime) -> int:
    """How many deadlines came before then and were claimed by nobody; counted to MOST_LATE.

    `session`: of `Database.across_tenants`.
    """
    late = select(_DEADLINES.c.id).where(_RUNNING, _DEADLINES.c.due_at < before).limit(MOST_LATE)
    return session.execute(select(func.count()).select_from(late.subquery())).scalar_one()


def _cycles(session: Session, ticket_id: int) -> Select[ClockCycle, Calendar]:
    return (
        select(ClockCycle, Calendar)
        .join(
            Calendar,
            (Calendar.tenant_id == ClockCycle.tenant_id) & (Calendar.id == ClockCycle.calendar_id),
        )
        .where(ClockCycle.tenant_id == acting_tenant(session), ClockCycle.ticket_id == ticket_id)
        .order_by(ClockCycle.id)
    )


def _kept(session: Session, cycles: Select[ClockCycle, Calendar]) -> list[KeptCycle]:
    rows = session.execute(cycles).all()
    pauses = _pauses(session, [row.ClockCycle.id for row in rows])
    return [_kept_cycle(row.ClockCycle, row.Calendar, pauses[row.ClockCycle.id]) for row in rows]


def _pauses(session: Session, cycle_ids: list[int]) -> dict[int, tuple[Pause, ...]]:
    found: dict[int, tuple[Pause, ...]] = defaultdict(tuple)
    rows = session.scalars(
        select(ClockPause)
        .where(ClockPause.tenant_id == acting_tenant(session), ClockPause.cycle_id.in_(cycle_ids))
        .order_by(ClockPause.id)
    )
    for row in rows:
        pause = Pause(row.started_at, row.ended_at, PauseReason(row.reason))
        found[row.cycle_id] = (*found[row.cycle_id], pause)
    return found


def _kept_cycle(row: ClockCycle, calendar: Calendar, pauses: tuple[Pause, ...]) -> KeptCycle:
    kind = ClockKind(row.kind)
    cycle = Cycle(
        kind=kind,
        number=row.number,
        started_at=row.started_at,
        target=target_from_json(row.target),
        pauses=pauses,
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome),
        promised_at=row.due_at if kind is ClockKind.PROMISE else None,
    )
    source = Source(
        row.calendar_id,
        row.calendar_version,
        row.service_level_id,
        row.service_level_version,
        row.why,
    )
    return KeptCycle(
        id=row.id,
        cycle=cycle,
        calendar=calendar_from_json(calendar.definition),
        source=source,
        due_at=row.due_at,
        trace=trace_from_json(row.trace),
        breach_reason=row.breach_reason,
    )


_OF_CYCLE: Table = ClockCycle.__table__  # type: ignore[assignment]
# Built once: every first answer asks it.
_RESOLUTION = select(_OF_CYCLE.c.due_at).where(
    _OF_CYCLE.c.tenant_id == bindparam("of_tenant"),
    _OF_CYCLE.c.ticket_id == bindparam("of_ticket"),
    _OF_CYCLE.c.kind == ClockKind.RESOLUTION.value,
    _OF_CYCLE.c.ended_at.is_(None),
)
