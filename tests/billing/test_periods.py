"""Which month an instant belongs to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.periods import Period, period_named, period_of
from tenants.errors import Refused

NOVEMBER = Period(2026, 11, "Europe/Kyiv")


def test_a_month_begins_and_ends_at_midnight_in_its_zone():
    assert NOVEMBER.start == datetime(2026, 10, 31, 22, tzinfo=UTC)
    assert NOVEMBER.end == datetime(2026, 11, 30, 22, tzinfo=UTC)
    assert NOVEMBER.start in NOVEMBER
    assert NOVEMBER.end not in NOVEMBER


def test_a_month_with_a_change_of_clocks_keeps_both_midnights():
    october = Period(2026, 10, "Europe/Kyiv")

    assert october.end - october.start == timedelta(days=31, hours=1)
    assert october.days == 31


def test_december_is_followed_by_january():
    assert Period(2026, 12, "UTC").following() == Period(2027, 1, "UTC")


def test_days_to_go_include_the_day_itself():
    assert NOVEMBER.days_from(date(2026, 11, 30)) == 1
    assert NOVEMBER.days_from(date(2026, 10, 5)) == 30
    assert NOVEMBER.days_from(date(2026, 12, 1)) == 0


@pytest.mark.parametrize(
    "name",
    [
        "2026-13",
        "2026-00",
        "26-11",
        "2026-1",
        "2026-11-01",
        "",
        "\u0662\u0660\u0662\u0666-\u0661\u0661",
    ],
)
def test_what_names_no_month_is_refused(name):
    with pytest.raises(Refused):
        period_named(name, "UTC")


def test_a_month_in_no_zone_or_no_year_is_refused():
    with pytest.raises(Refused):
        period_named("2026-11", "Europe/Atlantis")
    with pytest.raises(Refused):
        period_named("0000-11", "UTC")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis wants naive bounds
    st.sampled_from(["Europe/Kyiv", "Europe/Moscow", "America/New_York", "UTC"]),
)
def test_each_instant_belongs_to_exactly_one_month(at, zone):
    period = period_of(at, zone)

    assert at in period
    assert at not in period.following()
    assert period_named(period.name, zone) == period
    assert period.following().start == period.end
