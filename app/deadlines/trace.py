"""Why a deadline falls where it does, as structured lines to be stored and told later.

Apart from the counting because a trace is for people: it is kept with the due time and told in the
reader's language and zone by `trace_text`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from app.deadlines.countdown import Countdown
from app.deadlines.pauses import Pause
from tenants.promises.service_hours import (
    Interval,
    WorkCalendar,
    next_opening,
    open_seconds_by_day,
)
from tenants.promises.target import Target, TargetKind

Params = tuple[tuple[str, str | int], ...]
_A_DAY = timedelta(days=1)


class TraceCode(StrEnum):
    """What a line says."""

    STARTS = "starts"
    ALLOWED_OPEN = "allowed_open"  # amount: seconds
    ALLOWED_WALL = "allowed_wall"  # amount: seconds
    ALLOWED_DAYS = "allowed_days"  # amount: days
    NO_TARGET = "no_target"
    OPENS = "opens"
    LEFT_TODAY = "left_today"  # seconds; of the day on which it started
    RAN = "ran"  # seconds, first and last day
    CLOSED = "closed"  # first and last day
    PAUSED = "paused"  # reason, until
    STILL_PAUSED = "still_paused"  # reason
    DUE = "due"
    PROMISED = "promised"


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step of the explanation. `params`: figures, days (ISO) and instants (ISO) it names."""

    code: TraceCode
    params: Params
    at: datetime

    def param(self, name: str) -> str | int:
        """The parameter of that name. Raises KeyError where the line has none."""
        return dict(self.params)[name]


def explain(
    countdown: Countdown,
    *,
    calendar: WorkCalendar,
    target: Target,
    start: datetime,
    pauses: Iterable[Pause],
) -> tuple[TraceLine, ...]:
    """The lines, in order of time, that lead from `start` to the due time or a lasting pause."""
    steps = list(_pause_lines(pauses, start, countdown.ends_at))
    if target.kind is not TargetKind.CALENDAR:
        for stretch in countdown.stretches:
            steps.extend(_calendar_lines(calendar, stretch))
    if target.kind is TargetKind.OPENING_HOURS:
        for stretch in countdown.stretches:
            steps.extend(_run_lines(calendar, stretch, start, countdown.ends_at))
    lines = [TraceLine(TraceCode.STARTS, (), start), _allowed(target, start)]
    lines.extend(sorted(steps, key=lambda line: line.at))
    if countdown.ends_at is not None:
        lines.append(TraceLine(TraceCode.DUE, (), countdown.ends_at))
    return tuple(lines)


def explain_no_target(start: datetime) -> tuple[TraceLine, ...]:
    """The trace of a clock that is measured without a deadline."""
    return (TraceLine(TraceCode.STARTS, (), start), TraceLine(TraceCode.NO_TARGET, (), start))


def explain_promise(start: datetime, promised_at: datetime) -> tuple[TraceLine, ...]:
    """The trace of an instant that was promised: it was said, and it stays."""
    return (
        TraceLine(TraceCode.STARTS, (), start),
        TraceLine(TraceCode.PROMISED, (), promised_at),
    )


def trace_to_json(lines: Iterable[TraceLine]) -> list[dict[str, Any]]:
    """`[{code, at, …params}, …]` with instants in ISO 8601."""
    return [
        {"code": line.code.value, "at": line.at.isoformat(), **dict(line.params)} for line in lines
    ]


def trace_from_json(stored: Iterable[dict[str, Any]]) -> tuple[TraceLine, ...]:
    """The lines that `trace_to_json` stored."""
    return tuple(
        TraceLine(
            TraceCode(row["code"]),
            tuple((name, value) for name, value in row.items() if name not in {"code", "at"}),
            datetime.fromisoformat(row["at"]),
        )
        for row in stored
    )


_ALLOWED: dict[TargetKind, TraceCode] = {
    TargetKind.OPENING_HOURS: TraceCode.ALLOWED_OPEN,
    TargetKind.CALENDAR: TraceCode.ALLOWED_WALL,
    TargetKind.WORKING_DAYS: TraceCode.ALLOWED_DAYS,
}


def _allowed(target: Target, start: datetime) -> TraceLine:
    return TraceLine(_ALLOWED[target.kind], (("amount", target.amount),), start)


def _pause_lines(
    pauses: Iterable[Pause], start: datetime, ends_at: datetime | None
) -> Iterator[TraceLine]:
    for pause in pauses:
        if ends_at is not None and pause.started_at >= ends_at:
            continue
        at, reason = max(pause.started_at, start), ("reason", pause.reason.value)
        if pause.ended_at is None:
            yield TraceLine(TraceCode.STILL_PAUSED, (reason,), at)
        elif pause.ended_at > start:
            yield TraceLine(TraceCode.PAUSED, (reason, ("until", pause.ended_at.isoformat())), at)


def _calendar_lines(calendar: WorkCalendar, stretch: Interval) -> Iterator[TraceLine]:
    """When the stretch opened, if it began outside of hours, and which days within were closed."""
    zone = ZoneInfo(calendar.zone)
    opens_at = next_opening(calendar, stretch.start)
    if stretch.start < opens_at < stretch.end:
        yield TraceLine(TraceCode.OPENS, (), opens_at)
    open_days = open_seconds_by_day(calendar, stretch.start, stretch.end)
    for before, after in pairwise(open_days):
        if after - before > _A_DAY:
            closed = _days(before + _A_DAY, after - _A_DAY)
            yield TraceLine(TraceCode.CLOSED, closed, _midnight(before + _A_DAY, zone))


def _run_lines(
    calendar: WorkCalendar, stretch: Interval, start: datetime, ends_at: datetime | None
) -> Iterator[TraceLine]:
    """How long the stretch ran: what was left of the first day, then days in a row together.

    The day on which it falls due is left out: the due time says it.
    """
    zone = ZoneInfo(calendar.zone)
    by_day = open_seconds_by_day(calendar, stretch.start, stretch.end)
    last_day = _day(stretch.end, zone)
    if stretch.end == ends_at:
        by_day.pop(last_day, None)
    today = _day(start, zone)
    if stretch.start == start and today != last_day and today in by_day:
        yield TraceLine(TraceCode.LEFT_TODAY, (("seconds", by_day.pop(today)),), start)
    for days in _in_a_row(list(by_day)):
        seconds = sum(by_day[on] for on in days)
        at = next_opening(calendar, max(_midnight(days[0], zone), stretch.start))
        yield TraceLine(TraceCode.RAN, (("seconds", seconds), *_days(days[0], days[-1])), at)


def _in_a_row(days: list[date]) -> Iterator[list[date]]:
    """The days, split where one is missing."""
    for _, group in groupby(enumerate(days), lambda item: item[1].toordinal() - item[0]):
        yield [on for _, on in group]


def _days(first: date, last: date) -> Params:
    return (("first", first.isoformat()), ("last", last.isoformat()))


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)
