"""The clocks of a new ticket."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.deadlines.actions.rows import NewCycle, add_cycles
from app.deadlines.cycles import cycle_due, start_cycle
from app.deadlines.next_due import NOTHING_DUE, ClockSubject, NextDue, nearest
from app.deadlines.pauses import ClockKind
from app.deadlines.queries import Source
from tenants.promises.queries import Promises, promises
from tenants.promises.service_hours import WorkCalendar
from tenants.promises.service_levels import (
    PromisedTo,
    Targets,
    choice_in_words,
    choose_service_level,
)
from tenants.promises.target import Target

STARTED_AT_OPENING = (ClockKind.FIRST_RESPONSE, ClockKind.CLASSIFICATION, ClockKind.RESOLUTION)


@dataclass(frozen=True, slots=True)
class PlannedClocks:
    """The clocks of a ticket that is about to be opened; kept once it has an id."""

    next_due: NextDue = NOTHING_DUE
    cycles: tuple[NewCycle, ...] = ()

    @property
    def resolution_due_at(self) -> datetime | None:
        """By when a solution is promised; None where nothing is."""
        resolution = (each for each in self.cycles if each.cycle.kind is ClockKind.RESOLUTION)
        return next((cycle_due(each.cycle, each.calendar).due_at for each in resolution), None)


def plan_clocks(session: Session, promised_to: PromisedTo, *, now: datetime) -> PlannedClocks:
    """What is promised to a new ticket, from `now` on; nothing where no service level fits it."""
    promised = promise_for(promises(session), promised_to)
    if promised is None:
        return PlannedClocks()
    cycles = tuple(
        NewCycle(start_cycle(kind, target, at=now), promised.calendar, promised.source)
        for kind in STARTED_AT_OPENING
        if (target := target_of(promised.targets, kind)) or kind is not ClockKind.CLASSIFICATION
    )
    return PlannedClocks(nearest(((each.cycle, each.calendar) for each in cycles), at=now), cycles)


def start_clocks(session: Session, ticket_id: int, planned: PlannedClocks) -> None:
    """Start the planned clocks of the ticket that was opened meanwhile."""
    add_cycles(session, ticket_id, planned.cycles)


@dataclass(frozen=True, slots=True)
class ChosenPromise:
    """What holds for one ticket: targets, the calendar they run by, and where both came from."""

    targets: Targets
    calendar: WorkCalendar
    source: Source


def chosen_promise(known: Promises, subject: ClockSubject) -> ChosenPromise | None:
    """The first service level that fits `subject`; None where none does."""
    promised_to = PromisedTo(
        priority=subject.priority,
        brand_id=subject.brand_id,
        client_id=subject.client_id,
        service_id=None,
        channel=subject.channel,
        is_vip=subject.is_vip,
    )
    return promise_for(known, promised_to)


def promise_for(known: Promises, promised_to: PromisedTo) -> ChosenPromise | None:
    """The first service level that fits a ticket known so far; None where none does."""
    choice = choose_service_level(known.rules, promised_to)
    if choice.position is None:
        return None
    level = known.levels[choice.position]
    calendar = known.calendars[level.calendar_id]
    why = "; ".join(choice_in_words(choice))
    source = Source(calendar.id, calendar.version, level.id, level.version, why)
    return ChosenPromise(choice.targets, calendar.calendar, source)


def target_of(targets: Targets, kind: ClockKind) -> Target | None:
    """The target of one clock; None where nothing is promised."""
    found: Target | None = getattr(targets, kind.value)
    return found
