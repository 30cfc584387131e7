"""What moves running clocks: answers, waiting, resolving, reopening, another priority."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.deadlines.actions.rows import NewCycle, add_cycles, keep_changes
from app.deadlines.actions.starting import chosen_promise, target_of
from app.deadlines.cycles import (
    Cycle,
    end,
    pause,
    recompute,
    reopen,
    resume,
    start_cycle,
    start_promise,
)
from app.deadlines.models import ClockCycle
from app.deadlines.next_due import ClockSubject, NextDue, nearest
from app.deadlines.pauses import PAUSES, ClockKind, PauseReason
from app.deadlines.queries import KeptCycle, Source, cycles_of, running_cycles
from tenants.database import acting_tenant
from tenants.promises.queries import promises

ANSWERED = frozenset({ClockKind.FIRST_RESPONSE, ClockKind.NEXT_UPDATE, ClockKind.PROMISE})


def person_answered(session: Session, ticket_id: int, *, now: datetime) -> NextDue:
    """A person answered in public: the first response, the next update and promises are met."""
    return _move(
        session,
        ticket_id,
        lambda kept: (
            end(kept.cycle, kept.calendar, at=now) if kept.cycle.kind in ANSWERED else kept.cycle
        ),
        now=now,
    )


def requester_wrote(session: Session, ticket_id: int, *, now: datetime) -> NextDue:
    """The requester wrote: the next update runs from their oldest words without an answer."""
    known = cycles_of(session, ticket_id)
    running = [kept for kept in known if kept.cycle.is_running]
    if any(kept.cycle.kind in ANSWERED - {ClockKind.PROMISE} for kept in running):
        return _nearest(running, now=now)
    resolution = next((kept for kept in known if kept.cycle.kind is ClockKind.RESOLUTION), None)
    if resolution is None:
        return _nearest(running, now=now)
    new = _next_update(session, resolution, known, now=now)
    if new is None:
        return _nearest(running, now=now)
    add_cycles(session, ticket_id, (new,))
    cycles = [(kept.cycle, kept.calendar) for kept in running]
    return nearest([*cycles, (new.cycle, new.calendar)], at=now)


def pause_clocks(
    session: Session, ticket_id: int, *, reason: PauseReason, now: datetime
) -> NextDue:
    """The ticket waits for somebody else: the clocks that this reason pauses stand still."""
    paused = {kind for (kind, _waits_for), why in PAUSES.items() if why is reason}
    return _move(
        session,
        ticket_id,
        lambda kept: (
            pause(kept.cycle, reason, at=now)
            if kept.cycle.kind in paused
            else resume(kept.cycle, at=now)
        ),
        now=now,
    )


def resume_clocks(session: Session, ticket_id: int, *, now: datetime) -> NextDue:
    """The ticket is worked on again: every clock runs on."""
    return _move(session, ticket_id, lambda kept: resume(kept.cycle, at=now), now=now)


def end_clocks(session: Session, ticket_id: int, *, now: datetime) -> NextDue:
    """A fix was given: every clock ends, in time or too late."""
    return _move(session, ticket_id, lambda kept: end(kept.cycle, kept.calendar, at=now), now=now)


def restart_clocks(session: Session, subject: ClockSubject, *, now: datetime) -> NextDue:
    """The ticket was reopened: a new resolution cycle; a first response that was met stays met."""
    known = cycles_of(session, subject.ticket_id)
    last = {kept.cycle.kind: kept for kept in known}
    new = [
        NewCycle(again, kept.calendar, kept.source)
        for kept in last.values()
        if (again := reopen(kept.cycle, at=now)) is not kept.cycle
    ]
    add_cycles(session, subject.ticket_id, new)
    running = [(kept.cycle, kept.calendar) for kept in known if kept.cycle.is_running]
    return nearest([*running, *((each.cycle, each.calendar) for each in new)], at=now)


def change_priority(session: Session, subject: ClockSubject, *, now: datetime) -> NextDue:
    """Another priority: due times are counted anew from the cycles' own starts, pauses replayed."""
    promised = chosen_promise(promises(session), subject)
    running = running_cycles(session, subject.ticket_id)
    if promised is None:
        return _nearest(running, now=now)
    changes: list[tuple[KeptCycle, Cycle]] = []
    added: list[NewCycle] = []
    for kept in running:
        target = target_of(promised.targets, kept.cycle.kind)
        first, *rest = recompute(kept.cycle, promised.calendar, target, at=now)
        changes.append((kept, first))
        added.extend(NewCycle(cycle, promised.calendar, promised.source) for cycle in rest)
    keep_changes(session, subject.ticket_id, changes)
    add_cycles(session, subject.ticket_id, added)
    after = [(cycle, promised.calendar) for _kept, cycle in changes]
    return nearest([*after, *((each.cycle, each.calendar) for each in added)], at=now)


def promise(session: Session, ticket_id: int, *, until: datetime, now: datetime) -> NextDue:
    """An instant given to the requester: a deadline of its own that never moves by itself."""
    known = cycles_of(session, ticket_id)
    numbers = [kept.cycle.number for kept in known if kept.cycle.kind is ClockKind.PROMISE]
    if known:
        cycle = start_promise(until, at=now, number=max(numbers, default=0) + 1)
        add_cycles(session, ticket_id, (NewCycle(cycle, known[0].calendar, known[0].source),))
    return _nearest(running_cycles(session, ticket_id), now=now)


def mark_breached(
    session: Session, ticket_id: int, kind: ClockKind, number: int, *, at: datetime
) -> bool:
    """Whether this was the first to record that a running cycle passed its due time unmet."""
    marked = session.execute(
        update(ClockCycle)
        .where(
            ClockCycle.tenant_id == acting_tenant(session),
            ClockCycle.ticket_id == ticket_id,
            ClockCycle.kind == kind.value,
            ClockCycle.number == number,
            ClockCycle.ended_at.is_(None),
            ClockCycle.breached_at.is_(None),
        )
        .values(breached_at=at)
        .returning(ClockCycle.id)
    ).one_or_none()
    return marked is not None


def explain_breach(session: Session, cycle_id: int, reason: str) -> None:
    """Keep why a deadline was missed."""
    session.execute(
        update(ClockCycle)
        .where(ClockCycle.tenant_id == acting_tenant(session), ClockCycle.id == cycle_id)
        .values(breach_reason=reason)
    )


def _move(
    session: Session, ticket_id: int, step: Callable[[KeptCycle], Cycle], *, now: datetime
) -> NextDue:
    running = running_cycles(session, ticket_id)
    changes = [(kept, step(kept)) for kept in running]
    keep_changes(session, ticket_id, changes)
    return nearest(((cycle, kept.calendar) for kept, cycle in changes), at=now)


def _nearest(cycles: list[KeptCycle], *, now: datetime) -> NextDue:
    return nearest(((kept.cycle, kept.calendar) for kept in cycles), at=now)


def _next_update(
    session: Session, resolution: KeptCycle, known: list[KeptCycle], *, now: datetime
) -> NewCycle | None:
    """The next-update clock by the ticket's own service level, where that promises one."""
    kept = promises(session)
    level = next(
        (each for each in kept.levels if each.id == resolution.source.service_level_id), None
    )
    if level is None or level.level.targets.next_update is None:
        return None
    calendar = kept.calendars[level.calendar_id]
    numbers = [each.cycle.number for each in known if each.cycle.kind is ClockKind.NEXT_UPDATE]
    cycle = start_cycle(
        ClockKind.NEXT_UPDATE,
        level.level.targets.next_update,
        at=now,
        number=max(numbers, default=0) + 1,
    )
    source = Source(calendar.id, calendar.version, level.id, level.version, resolution.source.why)
    return NewCycle(cycle, calendar.calendar, source)
