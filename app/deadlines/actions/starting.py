"""The clocks of a new ticket."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.deadlines.actions.rows import NewCycle, add_cycles
from app.deadlines.cycles import start_cycle
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


def start_clocks(session: Session, subject: ClockSubject, *, now: datetime) -> NextDue:
    """Start what is promised to a new ticket; nothing where no service level fits it."""
    promised = chosen_promise(promises(session), subject)
    if promised is None:
        return NOTHING_DUE
    new = [
        NewCycle(start_cycle(kind, target, at=now), promised.calendar, promised.source)
        for kind in STARTED_AT_OPENING
        if (target := target_of(promised.targets, kind)) or kind is not ClockKind.CLASSIFICATION
    ]
    add_cycles(session, subject.ticket_id, new)
    return nearest(((each.cycle, each.calendar) for each in new), at=now)


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
