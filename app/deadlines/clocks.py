"""When a promise falls due: target, calendar and pauses in, due time and its explanation out.

Pure and apart from the tables: the same count is made when a ticket opens, when its priority
changes and when a calendar is edited, always from the facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.deadlines.countdown import count_down
from app.deadlines.pauses import Pause
from app.deadlines.trace import TraceLine, explain, explain_no_target
from tenants.promises.service_hours import WorkCalendar, working_seconds_between
from tenants.promises.target import Target, TargetKind

# Per cent of the target at which people are warned, unless the tenant says otherwise.
WARNING_SHARES: tuple[int, ...] = (50, 75, 90, 100)


@dataclass(frozen=True, slots=True)
class DueResult:
    """When a clock falls due, and why.

    `due_at`: None while paused with time left, and for a clock without a target.
    """

    due_at: datetime | None
    trace: tuple[TraceLine, ...]


@dataclass(frozen=True, slots=True)
class WarningPoint:
    """An instant at which `percent` of a target is used up; None while a pause keeps it away."""

    percent: int
    at: datetime | None


def due(
    calendar: WorkCalendar, target: Target | None, start: datetime, pauses: Iterable[Pause]
) -> DueResult:
    """When a clock started at `start` falls due, its pauses replayed, with the trace.

    The due time may lie before a pause that still lasts: it was already reached. Raises Refused
    where the calendar has not that much time within fifty years.
    """
    if target is None:
        return DueResult(None, explain_no_target(start))
    kept = tuple(pauses)
    countdown = count_down(calendar, target, start, kept)
    trace = explain(countdown, calendar=calendar, target=target, start=start, pauses=kept)
    return DueResult(countdown.ends_at, trace)


def warning_points(
    calendar: WorkCalendar,
    target: Target | None,
    start: datetime,
    pauses: Iterable[Pause],
    *,
    shares: tuple[int, ...] = WARNING_SHARES,
) -> tuple[WarningPoint, ...]:
    """The instants at which each of `shares` (per cent) is used up; none without a target."""
    if target is None:
        return ()
    kept = tuple(pauses)
    return tuple(
        WarningPoint(
            percent,
            count_down(calendar, target, start, kept, share=Fraction(percent, 100)).ends_at,
        )
        for percent in shares
    )


def target_length_s(calendar: WorkCalendar, target: Target, start: datetime) -> int:
    """The target in seconds of its own kind of time: what display states take shares of."""
    if target.kind is not TargetKind.WORKING_DAYS:
        return target.amount
    ends_at = count_down(calendar, target, start, ()).ends_at or start
    return working_seconds_between(calendar, start, ends_at)
