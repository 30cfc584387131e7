"""When a promise's clock runs: a working calendar, and time measured along it.

Pure and apart from deadlines, because tenants show and edit hours that no ticket has used yet. All
results are UTC; the zone only decides where a local opening time lies. Closing times are exclusive.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil
from zoneinfo import ZoneInfo

from tenants.errors import Refused
from tenants.promises.open_pieces import DAY_MIN, OpenPiece, OpenSpan, open_pieces

ALL_DAY = (OpenSpan(0, DAY_MIN),)
DAYS_OF_A_WEEK = 7

# A month and a day of it, in every year.
YearlyDay = tuple[int, int]

# Beyond this a target is a slip of the pen: nobody promises a solution in fifty years.
_HORIZON = timedelta(days=366 * 50)
_WEEK = timedelta(days=7)
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_YEARLY_DAYS = 366
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Opening hours of a week in one zone, less its holidays.

    `zone`: IANA name. `week`: the open spans of Monday to Sunday, in order, apart from each other.
    `holidays`: single closed dates. `yearly_holidays`: (month, day) closed in every year.
    Raises Refused for an unknown zone, impossible spans, and a calendar that never opens.
    """

    zone: str
    week: tuple[tuple[OpenSpan, ...], ...]
    holidays: frozenset[date] = field(default_factory=frozenset)
    yearly_holidays: frozenset[YearlyDay] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if len(self.week) != DAYS_OF_A_WEEK:
            raise Refused("A week has seven days.")
        for spans in self.week:
            _refuse_impossible(spans)
        _refuse_impossible_dates(self.yearly_holidays)
        if not any(self.week) or len(self.yearly_holidays) == _YEARLY_DAYS:
            raise Refused("These hours never open.")

    def spans_on(self, on: date) -> tuple[OpenSpan, ...]:
        """The open spans of the local day `on`, none on a holiday."""
        if self.is_holiday(on):
            return ()
        return self.week[on.weekday()]

    def is_holiday(self, on: date) -> bool:
        """Whether `on` is closed by name, whatever its weekday."""
        return on in self.holidays or (on.month, on.day) in self.yearly_holidays

    @property
    def is_always_open(self) -> bool:
        """Whether the clock never rests: 24x7 without holidays."""
        closed_dates = self.holidays or self.yearly_holidays
        return not closed_dates and all(_covers_a_day(spans) for spans in self.week)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A span of UTC, `[start, end)`."""

    start: datetime
    end: datetime


def zone_named(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises Refused where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as unknown:
        raise Refused("There is no time zone “{name}”.", name=name) from unknown


def always_open(zone: str) -> WorkCalendar:
    """The calendar that is open 24x7; `zone` only says how to show it."""
    return WorkCalendar(zone, (ALL_DAY,) * DAYS_OF_A_WEEK)


def is_open(calendar: WorkCalendar, at: datetime) -> bool:
    """Whether the clock runs at `at`: opening times are inside, closing times outside."""
    local = _utc(at).astimezone(zone_named(calendar.zone))
    minute = local.hour * 60 + local.minute
    return any(
        span.opens_min <= minute < span.closes_min for span in calendar.spans_on(local.date())
    )


def next_opening(calendar: WorkCalendar, at: datetime) -> datetime:
    """The first open instant from `at` on: `at` itself while open.

    Raises Refused where the next 50 years have none.
    """
    for piece in _open_from(calendar, _utc(at)):
        return piece.start
    raise _never(at)


def open_intervals(calendar: WorkCalendar, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The open time within `[start, end)`, in order, touching spans joined."""
    joined: list[Interval] = []
    for piece in _open_between(calendar, _utc(start), _utc(end)):
        if joined and joined[-1].end == piece.start:
            joined[-1] = Interval(joined[-1].start, piece.end)
        else:
            joined.append(Interval(piece.start, piece.end))
    return tuple(joined)


def open_seconds_by_day(calendar: WorkCalendar, start: datetime, end: datetime) -> dict[date, int]:
    """Whole open seconds within `[start, end)` per local day in order; closed days left out."""
    totals: dict[date, Fraction] = {}
    for stretch in _open_between(calendar, _utc(start), _utc(end)):
        totals[stretch.on] = totals.get(stretch.on, Fraction(0)) + _seconds_of(stretch)
    return {on: int(seconds) for on, seconds in totals.items()}


def working_seconds_between(calendar: WorkCalendar, start: datetime, end: datetime) -> int:
    """Whole open seconds within `[start, end)`; 0 where `end` is not after `start`."""
    return int(exact_working_seconds_between(calendar, start, end))


def exact_working_seconds_between(
    calendar: WorkCalendar, start: datetime, end: datetime
) -> Fraction:
    """Open seconds within `[start, end)` with their fraction, for sums that must lose nothing."""
    span = Interval(_utc(start), _utc(end))
    if calendar.is_always_open:
        return Fraction(max(_microseconds(span.end - span.start), 0), 1_000_000)
    return _worth_between(calendar, span, _seconds_of)


def working_days_between(calendar: WorkCalendar, start: datetime, end: datetime) -> Fraction:
    """Working days within `[start, end)`: an open day is one, half of its open time a half."""
    return _worth_between(calendar, Interval(_utc(start), _utc(end)), _days_of)


def add_working_time(calendar: WorkCalendar, start: datetime, seconds: Fraction | int) -> datetime:
    """The first instant by which `seconds` of open time have passed since `start`.

    At the end of a day that is its closing time, not the next opening. Raises ValueError for
    negative seconds, Refused beyond 50 years.
    """
    if calendar.is_always_open and 0 <= seconds <= _HORIZON.total_seconds():
        return _utc(start) + timedelta(microseconds=ceil(seconds * 1_000_000))
    return _after(calendar, _utc(start), Fraction(seconds), _seconds_of)


def add_working_days(calendar: WorkCalendar, start: datetime, days: Fraction | int) -> datetime:
    """The first instant by which `days` working days have passed since `start`, to the microsecond.

    With equal days this is the same time of day, so many open days later; where a day is shorter,
    the same share of it. Raises ValueError for negative days, Refused beyond 50 years.
    """
    return _after(calendar, _utc(start), Fraction(days), _days_of)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Unbroken open time of the local day `on`, and how much open time that whole day has."""

    start: datetime
    end: datetime
    on: date
    day_us: int

    @property
    def length_us(self) -> int:
        return _microseconds(self.end - self.start)


_Worth = Callable[[_Stretch], Fraction]


def _seconds_of(stretch: _Stretch) -> Fraction:
    return Fraction(stretch.length_us, 1_000_000)


def _days_of(stretch: _Stretch) -> Fraction:
    return Fraction(stretch.length_us, stretch.day_us)


def _after(calendar: WorkCalendar, start: datetime, amount: Fraction, worth: _Worth) -> datetime:
    if amount < 0:
        raise ValueError("time is only added forwards")
    if amount == 0:
        return start
    left = amount
    for stretch in _open_from(calendar, start):
        held = worth(stretch)
        if left <= held:
            return stretch.start + timedelta(microseconds=ceil(stretch.length_us * left / held))
        left -= held
    raise _never(start)


def _worth_between(calendar: WorkCalendar, span: Interval, worth: _Worth) -> Fraction:
    stretches = _open_between(calendar, span.start, span.end)
    return sum((worth(stretch) for stretch in stretches), start=Fraction(0))


def _open_between(calendar: WorkCalendar, start: datetime, end: datetime) -> Iterator[_Stretch]:
    """Open time within `[start, end)`, a week at a time: distant ends cost no memory."""
    week_start = start - (start - _EARLIEST) % _WEEK
    while week_start < end:
        for stretch in _open_week(calendar, week_start):
            clipped_start, clipped_end = max(stretch.start, start), min(stretch.end, end)
            if clipped_start < clipped_end:
                yield _Stretch(clipped_start, clipped_end, stretch.on, stretch.day_us)
        week_start += _WEEK


def _open_from(calendar: WorkCalendar, start: datetime) -> Iterator[_Stretch]:
    return _open_between(calendar, start, start + _HORIZON)


# Many tickets of few tenants are counted in the same few weeks.
@lru_cache(maxsize=1024)
def _open_week(calendar: WorkCalendar, start: datetime) -> tuple[_Stretch, ...]:
    end, a_day = start + _WEEK, timedelta(days=1)  # no zone is further than a day from UTC
    pieces = open_pieces(
        calendar.spans_on,
        zone_named(calendar.zone),
        first=(start - a_day).date(),
        last=(end + a_day).date(),
    )
    day_us = _open_time_per_day(pieces)
    return tuple(
        _Stretch(max(piece.start, start), min(piece.end, end), piece.on, day_us[piece.on])
        for piece in pieces
        if piece.start < end and piece.end > start
    )


def _open_time_per_day(pieces: list[OpenPiece]) -> dict[date, int]:
    totals: dict[date, int] = {}
    for piece in pieces:
        totals[piece.on] = totals.get(piece.on, 0) + _microseconds(piece.end - piece.start)
    return totals


def _refuse_impossible(spans: tuple[OpenSpan, ...]) -> None:
    free_from_min = 0
    for span in spans:
        if not free_from_min <= span.opens_min < span.closes_min <= DAY_MIN:
            raise Refused("Opening times lie within a day, in order, and do not overlap.")
        free_from_min = span.closes_min


def _refuse_impossible_dates(yearly: frozenset[YearlyDay]) -> None:
    for month, day in yearly:
        try:
            date(_LEAP_YEAR, month, day)
        except ValueError as impossible:
            raise Refused(
                "There is no day {day} in month {month}.", day=day, month=month
            ) from impossible


def _covers_a_day(spans: tuple[OpenSpan, ...]) -> bool:
    return sum(span.closes_min - span.opens_min for span in spans) == DAY_MIN


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant without a zone is no instant")
    instant = at.astimezone(UTC)
    if not _EARLIEST <= instant < _LATEST:
        raise Refused("This date is out of range.")
    return instant


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _never(at: datetime) -> Refused:
    return Refused("These hours leave no time within fifty years of {on}.", on=at.date())
