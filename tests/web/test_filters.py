"""How sums, instants and lengths of time look in a sentence."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from app.web.filters import (
    clock_time,
    countdown,
    day,
    duration,
    install_filters,
    instant,
    instant_in_zone,
    iso,
    money,
    size,
)
from billing.money import Money

ENGLISH, UKRAINIAN = Locale("en"), Locale("uk")
KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def untranslated(text):
    return text


@pytest.mark.parametrize(
    ("sum_", "locale", "shown"),
    [
        (Money(123_450, "EUR"), ENGLISH, "€1,234.50"),
        (Money(-5, "EUR"), ENGLISH, "-€0.05"),
        (Money(5, "JPY"), ENGLISH, "¥5"),
        (Money(123_450, "UAH"), UKRAINIAN, "1 234,50 ₴"),
    ],
)
def test_a_sum_is_shown_in_whole_minor_units_with_its_sign(sum_, locale, shown):
    assert money(sum_, locale=locale).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_an_instant_is_shown_in_the_readers_zone():
    assert clock_time(NOON, locale=ENGLISH, zone=KYIV) == "14:00"
    assert instant(NOON, locale=ENGLISH, zone=KYIV) == "Nov 28, 2026, 14:00"
    assert instant_in_zone(NOON, locale=ENGLISH, zone=KYIV) == "Nov 28, 2026, 14:00 (Kyiv)"


def test_a_day_follows_the_readers_midnight_and_a_date_stays_itself():
    late_evening = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)

    assert day(late_evening, locale=ENGLISH, zone=KYIV) == "Nov 28, 2026"
    assert day(date(2026, 11, 27), locale=ENGLISH, zone=KYIV) == "Nov 27, 2026"


def test_machines_read_an_instant_in_utc():
    assert iso(NOON.astimezone(KYIV)) == "2026-11-28T12:00:00Z"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 sec"),
        (59, "59 sec"),
        (15_600, "4 hr 20 min"),
        (3600, "1 hr"),
        (3 * 86_400 + 60, "3 days"),
        (-90, "1 min 30 sec"),
    ],
)
def test_a_length_of_time_is_told_by_its_two_largest_units(seconds, shown):
    assert duration(seconds, locale=ENGLISH) == shown
    assert duration(timedelta(seconds=seconds), locale=ENGLISH) == shown


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (timedelta(minutes=3, seconds=51), "03:51"),
        (timedelta(minutes=59, seconds=59, milliseconds=999), "59:59"),
        (timedelta(hours=1), "1 h 00"),
        (timedelta(hours=47, minutes=59), "47 h 59"),
        (timedelta(hours=76), "3 d 4 h"),
        (-timedelta(minutes=14, seconds=9), "\N{MINUS SIGN}14:09"),
        (-timedelta(hours=2, minutes=5), "\N{MINUS SIGN}2 h 05"),
    ],
)
def test_what_is_left_of_a_promise_is_told_in_the_fewest_figures(left, shown):
    assert countdown(left, translate=untranslated) == shown


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=400)))
def test_a_missed_promise_reads_as_the_same_figures_with_a_minus(left):
    missed = countdown(-left, translate=untranslated)

    assert missed == "\N{MINUS SIGN}" + countdown(left, translate=untranslated)


@pytest.mark.parametrize(
    ("bytes_", "shown"),
    [(0, "0 byte"), (1023, "1,023 byte"), (1_572_864, "1.5 MB"), (10_485_760, "10 MB")],
)
def test_a_size_is_told_in_the_largest_unit_it_fills(bytes_, shown):
    assert size(bytes_, locale=ENGLISH) == shown


def test_templates_get_the_reader_of_the_moment():
    environment = Environment(autoescape=True)
    readers = [ENGLISH, UKRAINIAN]
    install_filters(environment, locale=readers.pop, zone=lambda: KYIV)
    template = environment.from_string("{{ length|duration }}")

    assert template.render(length=3600) == "1 год"
    assert template.render(length=3600) == "1 hr"
