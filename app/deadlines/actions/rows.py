"""How cycles are written: the cycle, its pauses, and the instants the watcher looks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.deadlines.clocks import warning_points
from app.deadlines.cycles import Cycle, cycle_due
from app.deadlines.models import ClockCycle, ClockPause, Deadline
from app.deadlines.queries import KeptCycle, Source
from app.deadlines.trace import trace_to_json
from tenants.database import acting_tenant
from tenants.promises.service_hours import WorkCalendar
from tenants.promises.target import target_to_json

_CYCLES: Table = ClockCycle.__table__  # type: ignore[assignment]
_PAUSES: Table = ClockPause.__table__  # type: ignore[assignment]
_DEADLINES: Table = Deadline.__table__  # type: ignore[assignment]
BREACH_PCT = 100
# Built once: every new ticket runs them. Asking for ids lets all rows go in one statement.
_ADD_CYCLE = insert(_CYCLES).returning(_CYCLES.c.id)
_ADD_POINT = upsert(_DEADLINES).on_conflict_do_nothing().returning(_DEADLINES.c.id)


@dataclass(frozen=True, slots=True)
class NewCycle:
    """A cycle that is about to be kept."""

    cycle: Cycle
    calendar: WorkCalendar
    source: Source


def add_cycles(session: Session, ticket_id: int, cycles: Iterable[NewCycle]) -> None:
    """Keep new cycles with their deadlines: two statements, three where one is born paused."""
    new = list(cycles)
    if not new:
        return
    tenant_id = acting_tenant(session)
    rows = [_cycle_row(each, tenant_id, ticket_id) for each in new]
    paused = [each for each in new if each.cycle.pauses]
    if not paused:
        session.execute(_ADD_CYCLE, rows)
    for each, row in zip(new, rows, strict=True) if paused else ():
        cycle_id = session.execute(insert(_CYCLES).values(row).returning(_CYCLES.c.id)).scalar_one()
        _keep_pauses(session, cycle_id, (), each.cycle)
    points = [
        point
        for each in new
        for point in _points(each.cycle, each.calendar, tenant_id=tenant_id, ticket_id=ticket_id)
    ]
    _add_points(session, points)


def keep_changes(
    session: Session, ticket_id: int, changes: Iterable[tuple[KeptCycle, Cycle]]
) -> None:
    """Write what became of kept cycles, and look for their new due times instead of the old."""
    changed = [(kept, cycle) for kept, cycle in changes if cycle != kept.cycle]
    if not changed:
        return
    tenant_id = acting_tenant(session)
    for kept, cycle in changed:
        _update(session, kept, cycle)
        _keep_pauses(session, kept.id, kept.cycle.pauses, cycle)
    _drop_points(session, ticket_id, [cycle for _kept, cycle in changed])
    points = [
        point
        for kept, cycle in changed
        if cycle.is_running
        for point in _points(cycle, kept.calendar, tenant_id=tenant_id, ticket_id=ticket_id)
    ]
    _add_points(session, points)


def _cycle_row(new: NewCycle, tenant_id: int, ticket_id: int) -> dict[str, Any]:
    due = cycle_due(new.cycle, new.calendar)
    return {
        "tenant_id": tenant_id,
        "ticket_id": ticket_id,
        "kind": new.cycle.kind.value,
        "number": new.cycle.number,
        "started_at": new.cycle.started_at,
        "target": target_to_json(new.cycle.target),
        "calendar_id": new.source.calendar_id,
        "calendar_version": new.source.calendar_version,
        "service_level_id": new.source.service_level_id,
        "service_level_version": new.source.service_level_version,
        "why": new.source.why,
        "due_at": due.due_at,
        "trace": trace_to_json(due.trace),
        "ended_at": new.cycle.ended_at,
        "outcome": new.cycle.outcome.value,
    }


def _update(session: Session, kept: KeptCycle, cycle: Cycle) -> None:
    due = cycle_due(cycle, kept.calendar)
    session.execute(
        update(_CYCLES)
        .where(_CYCLES.c.tenant_id == acting_tenant(session), _CYCLES.c.id == kept.id)
        .values(
            target=target_to_json(cycle.target),
            due_at=due.due_at,
            trace=trace_to_json(due.trace),
            ended_at=cycle.ended_at,
            outcome=cycle.outcome.value,
        )
    )


def _keep_pauses(session: Session, cycle_id: int, before: tuple[Any, ...], cycle: Cycle) -> None:
    """Pauses are only added and ended: those that were there stand first, in their order."""
    tenant_id = acting_tenant(session)
    added = cycle.pauses[len(before) :]
    ended = [new for old, new in zip(before, cycle.pauses, strict=False) if old != new]
    for pause in ended:
        session.execute(
            update(_PAUSES)
            .where(
                _PAUSES.c.tenant_id == tenant_id,
                _PAUSES.c.cycle_id == cycle_id,
                _PAUSES.c.started_at == pause.started_at,
                _PAUSES.c.ended_at.is_(None),
            )
            .values(ended_at=pause.ended_at)
        )
    if added:
        session.execute(
            insert(_PAUSES),
            [
                {
                    "tenant_id": tenant_id,
                    "cycle_id": cycle_id,
                    "started_at": pause.started_at,
                    "ended_at": pause.ended_at,
                    "reason": pause.reason.value,
                }
                for pause in added
            ],
        )


def _points(
    cycle: Cycle, calendar: WorkCalendar, *, tenant_id: int, ticket_id: int
) -> list[dict[str, Any]]:
    """What the watcher looks for; nothing while a pause hides it."""
    return [
        {
            "tenant_id": tenant_id,
            "ticket_id": ticket_id,
            "kind": cycle.kind.value,
            "cycle": cycle.number,
            "threshold_pct": percent,
            "due_at": at,
        }
        for percent, at in _instants(cycle, calendar)
        if at is not None
    ]


def _instants(cycle: Cycle, calendar: WorkCalendar) -> list[tuple[int, datetime | None]]:
    """The instants at which shares, in per cent, of the promise are used up."""
    if cycle.promised_at is not None:
        return [(BREACH_PCT, cycle.promised_at)]
    found = warning_points(calendar, cycle.target, cycle.started_at, cycle.pauses)
    return [(point.percent, point.at) for point in found]


def _drop_points(session: Session, ticket_id: int, cycles: list[Cycle]) -> None:
    places = [(cycle.kind.value, cycle.number) for cycle in cycles]
    session.execute(
        delete(_DEADLINES).where(
            _DEADLINES.c.tenant_id == acting_tenant(session),
            _DEADLINES.c.ticket_id == ticket_id,
            _DEADLINES.c.fired_at.is_(None),
            tuple_(_DEADLINES.c.kind, _DEADLINES.c.cycle).in_(places),
        )
    )


def _add_points(session: Session, points: list[dict[str, Any]]) -> None:
    """A share that fired already is not looked for again: once per cycle."""
    if points:
        session.execute(_ADD_POINT, points)
