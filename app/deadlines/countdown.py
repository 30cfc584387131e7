"""Counting a target down along a calendar, pauses left out.

Apart from the clock that explains it: warnings, due times and what is left are the same count.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.deadlines.pauses import Pause, running_stretches
from tenants.promises.service_hours import (
    Interval,
    WorkCalendar,
    add_working_days,
    add_working_time,
    always_open,
    exact_working_seconds_between,
    working_days_between,
)
from tenants.promises.target import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Countdown:
    """How a target was used up.

    `stretches`: the spans in which the clock may have run. `ends_at`: when nothing was left; None
    where a lasting pause came first. `left`: what that pause left, in the target's unit.
    """

    stretches: tuple[Interval, ...]
    ends_at: datetime | None
    left: Fraction


def count_down(
    calendar: WorkCalendar,
    target: Target,
    start: datetime,
    pauses: Iterable[Pause],
    *,
    share: Fraction = Fraction(1),
) -> Countdown:
    """Use up `share` of `target` from `start` on, outside of `pauses`.

    Raises Refused where the calendar has not that much time within fifty years.
    """
    ruler = _RULERS[target.kind]
    left = target.amount * share
    used: list[Interval] = []
    for stretch in running_stretches(start, pauses):
        if stretch.end is None:
            return _ended(used, stretch.start, ruler.after(calendar, stretch.start, left))
        held = ruler.between(calendar, stretch.start, stretch.end)
        if held >= left:
            return _ended(used, stretch.start, ruler.after(calendar, stretch.start, left))
        left -= held
        used.append(Interval(stretch.start, stretch.end))
    return Countdown(tuple(used), None, left)


def _ended(used: list[Interval], start: datetime, ends_at: datetime) -> Countdown:
    return Countdown((*used, Interval(start, ends_at)), ends_at, Fraction(0))


@dataclass(frozen=True, slots=True)
class _Ruler:
    """How one kind of time is measured and laid off."""

    after: Callable[[WorkCalendar, datetime, Fraction], datetime]
    between: Callable[[WorkCalendar, datetime, datetime], Fraction]


def _after_on_the_wall(calendar: WorkCalendar, start: datetime, seconds: Fraction) -> datetime:
    return add_working_time(always_open(calendar.zone), start, seconds)


def _between_on_the_wall(calendar: WorkCalendar, start: datetime, end: datetime) -> Fraction:
    return exact_working_seconds_between(always_open(calendar.zone), start, end)


_RULERS: dict[TargetKind, _Ruler] = {
    TargetKind.OPENING_HOURS: _Ruler(add_working_time, exact_working_seconds_between),
    TargetKind.CALENDAR: _Ruler(_after_on_the_wall, _between_on_the_wall),
    TargetKind.WORKING_DAYS: _Ruler(add_working_days, working_days_between),
}
