"""When a clock stands still: pauses as intervals, and which waiting pauses which clock.

Apart from the clocks because pauses are facts, kept as they happened; a clock replays them each
time its target or calendar changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class ClockKind(StrEnum):
    """What is waited for: first what the requester is owed, then what the engineer owes us."""

    FIRST_RESPONSE = "first_response"
    NEXT_UPDATE = "next_update"
    CLASSIFICATION = "classification"
    RESOLUTION = "resolution"
    ACKNOWLEDGEMENT = "acknowledgement"
    RESULT = "result"
    PROMISE = "promise"  # an instant given to the requester; never moves by itself


class WaitsFor(StrEnum):
    """Whose move it is on a ticket, as far as clocks care."""

    DESK = "desk"  # new, in progress
    PARTNER = "partner"  # the client still waits, so nothing pauses
    REQUESTER = "requester"
    CONFIRMATION = "confirmation"  # the entitled person's written yes to a risky step


class PauseReason(StrEnum):
    """Why a clock stands still."""

    WAITING_FOR_REQUESTER = "waiting_for_requester"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    OUTSIDE_SERVICE_HOURS = "outside_service_hours"  # for display; the calendar itself skips it


# Which waiting pauses which clock; what is not listed runs. Source: semantics, 1.
PAUSES: dict[tuple[ClockKind, WaitsFor], PauseReason] = {
    (ClockKind.RESOLUTION, WaitsFor.REQUESTER): PauseReason.WAITING_FOR_REQUESTER,
    (ClockKind.RESOLUTION, WaitsFor.CONFIRMATION): PauseReason.WAITING_FOR_CONFIRMATION,
}


@dataclass(frozen=True, slots=True)
class Pause:
    """One standstill, `[started_at, ended_at)`; `ended_at` is None while it lasts."""

    started_at: datetime
    ended_at: datetime | None
    reason: PauseReason

    @property
    def is_open(self) -> bool:
        """Whether it still lasts."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span in which the clock may run, `[start, end)`; `end` is None for the last, open one."""

    start: datetime
    end: datetime | None


def pause_reason(kind: ClockKind, waits_for: WaitsFor) -> PauseReason | None:
    """Why a clock of this kind pauses while the ticket waits so; None: it runs."""
    return PAUSES.get((kind, waits_for))


def running_stretches(start: datetime, pauses: Iterable[Pause]) -> Iterator[Stretch]:
    """What is left of the time from `start` on between `pauses`, which may overlap in any order.

    The last stretch is open, unless a pause still lasts.
    """
    at = start
    for pause in sorted(pauses, key=lambda each: each.started_at):
        if pause.ended_at is not None and pause.ended_at <= at:
            continue
        if pause.started_at > at:
            yield Stretch(at, pause.started_at)
        if pause.ended_at is None:
            return
        at = pause.ended_at
    yield Stretch(at, None)


def with_pause_ended(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    """The pauses with the open one ended at `at`; one that would last no time is left out."""
    return tuple(
        replace(pause, ended_at=at) if pause.is_open else pause
        for pause in pauses
        if not pause.is_open or pause.started_at < at
    )
