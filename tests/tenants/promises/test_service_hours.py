"""Service hours: examples of the trade first, then what must hold for every calendar."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.errors import Refused
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.service_hours import (
    ALL_DAY,
    Interval,
    WorkCalendar,
    add_working_days,
    add_working_time,
    always_open,
    is_open,
    next_opening,
    open_intervals,
    working_days_between,
    working_seconds_between,
)

KYIV = ZoneInfo("Europe/Kyiv")
HOUR = 3600


def test_a_deadline_runs_on_after_the_weekend():
    due_at = add_working_time(office(), kyiv(2026, 11, 27, 16, 40), 4 * HOUR)

    assert due_at == kyiv(2026, 11, 30, 11, 40)


def test_closing_time_is_outside_and_opening_time_inside():
    assert is_open(office(), kyiv(2026, 11, 27, 9, 0))
    assert is_open(office(), kyiv(2026, 11, 27, 17, 59))
    assert not is_open(office(), kyiv(2026, 11, 27, 18, 0))


def test_a_target_that_fits_the_day_exactly_is_due_at_closing_not_at_the_next_opening():
    due_at = add_working_time(office(), kyiv(2026, 11, 27, 17, 0), HOUR)

    assert due_at == kyiv(2026, 11, 27, 18, 0)


def test_a_half_hour_lunch_break_stops_the_clock():
    with_lunch = week_of(OpenSpan(9 * 60, 13 * 60), OpenSpan(13 * 60 + 30, 18 * 60))

    due_at = add_working_time(with_lunch, kyiv(2026, 11, 27, 12, 45), HOUR)

    assert due_at == kyiv(2026, 11, 27, 14, 15)
    assert not is_open(with_lunch, kyiv(2026, 11, 27, 13, 29))


def test_holidays_by_date_and_of_every_year_are_closed():
    calendar = WorkCalendar(
        "Europe/Kyiv",
        office().week,
        holidays=frozenset({date(2026, 12, 24)}),
        yearly_holidays=frozenset({(12, 25)}),
    )

    assert next_opening(calendar, kyiv(2026, 12, 23, 18, 0)) == kyiv(2026, 12, 28, 9, 0)
    assert is_open(calendar, kyiv(2027, 12, 24, 12, 0))


def test_three_working_days_end_at_the_same_time_of_the_third_open_day():
    due_at = add_working_days(office(), kyiv(2026, 11, 27, 16, 40), 3)

    assert due_at == kyiv(2026, 12, 2, 16, 40)


def test_a_short_day_is_a_whole_working_day():
    short_friday = WorkCalendar(
        "Europe/Kyiv", (*(OFFICE_DAY,) * 4, (OpenSpan(9 * 60, 13 * 60),), (), ())
    )

    due_at = add_working_days(short_friday, kyiv(2026, 11, 26, 13, 30), 1)

    assert due_at == kyiv(2026, 11, 27, 11, 0)


def test_a_night_of_changing_clocks_is_measured_as_it_was_lived():
    nights = WorkCalendar("Europe/Kyiv", ((OpenSpan(0, 6 * 60),),) * 7)

    assert seconds_of_day(nights, date(2026, 3, 29)) == 5 * HOUR
    assert seconds_of_day(nights, date(2026, 10, 25)) == 7 * HOUR
    assert seconds_of_day(nights, date(2026, 10, 26)) == 6 * HOUR


def test_an_hour_that_happens_twice_is_open_twice():
    short_nights = WorkCalendar("Europe/Kyiv", ((OpenSpan(2 * 60, 3 * 60 + 30),),) * 7)

    intervals = open_intervals(short_nights, utc(2026, 10, 24, 22, 0), utc(2026, 10, 25, 12, 0))

    assert intervals == (
        Interval(utc(2026, 10, 24, 23, 0), utc(2026, 10, 25, 0, 30)),
        Interval(utc(2026, 10, 25, 1, 0), utc(2026, 10, 25, 1, 30)),
    )


def test_an_hour_that_is_skipped_is_not_open_at_all():
    skipped = WorkCalendar("Europe/Kyiv", ((OpenSpan(3 * 60, 4 * 60),),) * 7)

    assert seconds_of_day(skipped, date(2026, 3, 29)) == 0
    assert next_opening(skipped, kyiv(2026, 3, 28, 12, 0)) == kyiv(2026, 3, 30, 3, 0)


def test_moscow_has_no_changing_clocks():
    nights = WorkCalendar("Europe/Moscow", ((OpenSpan(0, 6 * 60),),) * 7)

    assert seconds_of_day(nights, date(2026, 3, 29)) == 6 * HOUR
    assert seconds_of_day(nights, date(2026, 10, 25)) == 6 * HOUR


def test_round_the_clock_days_join_into_one_interval():
    start, end = utc(2026, 10, 24, 3, 0), utc(2026, 11, 20, 5, 0)

    assert open_intervals(always_open("Europe/Kyiv"), start, end) == (Interval(start, end),)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 7,
        ((OpenSpan(600, 540),),) * 7,
        ((OpenSpan(540, 540),),) * 7,
        ((OpenSpan(540, 1441),),) * 7,
        ((OpenSpan(540, 720), OpenSpan(700, 800)),) * 7,
        ((OpenSpan(540, 720),),) * 6,
    ],
)
def test_hours_that_cannot_be_kept_are_refused(week):
    with pytest.raises(Refused):
        WorkCalendar("Europe/Kyiv", week)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "/etc/passwd", "America", "\0"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(Refused):
        always_open(zone)


def test_a_calendar_closed_on_every_day_of_the_year_is_refused():
    every_day = {
        (day.month, day.day) for day in (date(2000, 1, 1) + timedelta(n) for n in range(366))
    }

    with pytest.raises(Refused):
        WorkCalendar("Europe/Kyiv", (ALL_DAY,) * 7, yearly_holidays=frozenset(every_day))


def test_an_impossible_yearly_holiday_is_refused():
    with pytest.raises(Refused):
        WorkCalendar("Europe/Kyiv", (ALL_DAY,) * 7, yearly_holidays=frozenset({(2, 30)}))


def test_an_absurd_target_is_refused_in_good_time():
    with pytest.raises(Refused):
        add_working_time(office(), kyiv(2026, 1, 1, 9, 0), 10**10)
    with pytest.raises(Refused):
        add_working_time(always_open("Europe/Kyiv"), kyiv(2026, 1, 1, 9, 0), 10**10)


def test_an_instant_without_zone_is_an_error():
    with pytest.raises(ValueError, match="zone"):
        is_open(office(), datetime(2026, 1, 1, 9, 0))  # noqa: DTZ001  the point of the test


minutes_of_day = st.lists(st.integers(0, 96), max_size=6, unique=True).map(sorted)
days = minutes_of_day.map(
    lambda marks: tuple(
        OpenSpan(opens * 15, closes * 15)
        for opens, closes in zip(marks[::2], marks[1::2], strict=False)
    )
)
zones = st.sampled_from(
    ["Europe/Kyiv", "Europe/Moscow", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
calendars = st.builds(
    WorkCalendar,
    zones,
    st.tuples(*[days] * 7).filter(any),
    holidays=st.frozensets(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=3),
    yearly_holidays=st.frozensets(st.sampled_from([(1, 1), (3, 8), (12, 25)])),
)
# Around the nights on which clocks change in one of the zones, and a plain week.
starts = st.one_of(
    *(
        st.datetimes(night - timedelta(days=2), night + timedelta(days=1))
        for night in (
            datetime(2026, 3, 8, 6),  # noqa: DTZ001  hypothesis adds the zone
            datetime(2026, 3, 29, 1),  # noqa: DTZ001
            datetime(2026, 10, 25, 1),  # noqa: DTZ001
            datetime(2026, 11, 1, 6),  # noqa: DTZ001
            datetime(2026, 4, 4, 15),  # noqa: DTZ001
            datetime(2026, 6, 10, 12),  # noqa: DTZ001
        )
    )
).map(lambda wall: wall.replace(tzinfo=UTC, second=0, microsecond=0))


@given(calendar=calendars, start=starts, minutes=st.integers(1, 1500))
@settings(max_examples=60, deadline=None)
def test_adding_time_agrees_with_walking_minute_by_minute(calendar, start, minutes):
    due_at = add_working_time(calendar, start, minutes * 60)

    if due_at - start < timedelta(days=12):
        assert due_at == walk(calendar, start, minutes)


@given(calendar=calendars, start=starts, length=st.integers(0, 6000))
@settings(max_examples=60, deadline=None)
def test_measuring_agrees_with_counting_open_minutes(calendar, start, length):
    end = start + timedelta(minutes=length)

    assert working_seconds_between(calendar, start, end) == 60 * sum(
        is_open(calendar, start + timedelta(minutes=minute)) for minute in range(length)
    )


@given(calendar=calendars, start=starts, seconds=st.integers(0, 400_000))
@settings(max_examples=60, deadline=None)
def test_added_time_measures_the_same(calendar, start, seconds):
    due_at = add_working_time(calendar, start, seconds)

    assert working_seconds_between(calendar, start, due_at) == seconds


@given(calendar=calendars, start=starts, days=st.fractions(0, 9, max_denominator=50))
@settings(max_examples=60, deadline=None)
def test_added_days_measure_the_same_to_the_microsecond(calendar, start, days):
    due_at = add_working_days(calendar, start, days)

    over = working_days_between(calendar, start, due_at) - days
    assert 0 <= over < Fraction(1, 10**8)


@given(
    calendar=calendars,
    start=starts,
    later=st.integers(0, 9000),
    seconds=st.integers(0, 200_000),
    more=st.integers(0, 90_000),
)
@settings(max_examples=60, deadline=None)
def test_a_later_start_or_a_longer_target_is_never_due_earlier(
    calendar, start, later, seconds, more
):
    due_at = add_working_time(calendar, start, seconds)

    assert due_at <= add_working_time(calendar, start + timedelta(minutes=later), seconds)
    assert due_at <= add_working_time(calendar, start, seconds + more)


@given(calendar=calendars, start=starts, first=st.integers(0, 90_000), then=st.integers(0, 90_000))
@settings(max_examples=60, deadline=None)
def test_time_added_in_two_parts_is_time_added_at_once(calendar, start, first, then):
    in_two = add_working_time(calendar, add_working_time(calendar, start, first), then)

    assert in_two == add_working_time(calendar, start, first + then)


@given(calendar=calendars, start=starts)
@settings(max_examples=60, deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar, start):
    opens_at = next_opening(calendar, start)

    assert is_open(calendar, opens_at)
    assert working_seconds_between(calendar, start, opens_at) == 0


@given(calendar=calendars, start=starts, length=st.timedeltas(timedelta(0), timedelta(days=20)))
@settings(max_examples=60, deadline=None)
def test_open_intervals_are_apart_in_order_and_sum_to_the_measure(calendar, start, length):
    intervals = open_intervals(calendar, start, start + length)

    assert all(one.end < next_one.start for one, next_one in zip(intervals, intervals[1:]))  # noqa: B905, RUF007  pairs
    total = sum((each.end - each.start for each in intervals), start=timedelta(0))
    assert total // timedelta(seconds=1) == working_seconds_between(calendar, start, start + length)


OFFICE_DAY = (OpenSpan(9 * 60, 18 * 60),)


def office() -> WorkCalendar:
    return week_of(*OFFICE_DAY)


def week_of(*spans: OpenSpan) -> WorkCalendar:
    return WorkCalendar("Europe/Kyiv", (*(spans,) * 5, (), ()))


def kyiv(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=KYIV).astimezone(UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def seconds_of_day(calendar: WorkCalendar, on: date) -> int:
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return working_seconds_between(calendar, noon - timedelta(hours=16), noon)


def walk(calendar: WorkCalendar, start: datetime, minutes: int) -> datetime:
    """The slow way: look at each minute in turn and count the open ones."""
    at, left = start, minutes
    while left:
        left -= is_open(calendar, at)
        at += timedelta(minutes=1)
    return at
