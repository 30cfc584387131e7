"""Local opening times as exact spans of UTC, correct on the days when clocks change.

Apart from the calendar because this is about zones only: a day is given as minutes since local
midnight, and what comes back is where on the one line of UTC those minutes lie. A local minute that
is skipped in spring is nowhere on that line; one that is repeated in autumn lies on it twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MIN = 24 * 60

# Zones change their offset months apart: two changes never fall within one probe of this length.
_PROBE = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class OpenSpan:
    """Part of a local day, in minutes since midnight: `[opens_min, closes_min)`; 1440 is 24:00."""

    opens_min: int
    closes_min: int


@dataclass(frozen=True, slots=True, order=True)
class OpenPiece:
    """An unbroken span of UTC, `[start, end)`, that belongs to the local day `on`."""

    start: datetime
    end: datetime
    on: date


def open_pieces(
    spans_on: Callable[[date], tuple[OpenSpan, ...]], zone: ZoneInfo, *, first: date, last: date
) -> list[OpenPiece]:
    """Every open piece of the local days `first` to `last`, both included, in order of time.

    `spans_on` names the open spans of a local day.
    """
    eras = list(
        _eras(zone, _midnight(first) - timedelta(days=2), _midnight(last) + timedelta(days=3))
    )
    days = ((first + timedelta(days=number)) for number in range((last - first).days + 1))
    return sorted(
        piece for day in days for span in spans_on(day) for piece in _pieces(span, day, eras)
    )


@dataclass(frozen=True, slots=True)
class _Era:
    """A span of UTC in which the zone keeps one offset."""

    start: datetime
    end: datetime
    offset: timedelta


def _pieces(span: OpenSpan, on: date, eras: list[_Era]) -> Iterator[OpenPiece]:
    """The parts of `span` that each era of the zone really shows on its clocks."""
    opens_at = _midnight(on) + timedelta(minutes=span.opens_min)
    closes_at = _midnight(on) + timedelta(minutes=span.closes_min)
    for era in eras:
        start = max(opens_at - era.offset, era.start)
        end = min(closes_at - era.offset, era.end)
        if start < end:
            yield OpenPiece(start, end, on)


def _eras(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[_Era]:
    era_start, at, offset = start, start, _offset(zone, start)
    while at < end:
        probe = min(at + _PROBE, end)
        if _offset(zone, probe) != offset:
            changed_at = _change_between(zone, at, probe)
            yield _Era(era_start, changed_at, offset)
            era_start, offset = changed_at, _offset(zone, changed_at)
        at = probe
    yield _Era(era_start, end, offset)


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first whole second at which `zone` has left the offset it has at `before`."""
    old = _offset(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _midnight(on: date) -> datetime:
    """The start of `on` on the line of UTC, to which a zone's offset is then applied."""
    return datetime.combine(on, time(), UTC)
