"""Service hours stored, and told in words."""

import json
from datetime import date

import pytest

from tenants.errors import Refused
from tenants.promises.hours_json import calendar_from_json, calendar_to_json, clock_minutes
from tenants.promises.hours_text import day_in_words, hours_in_words
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.service_hours import WorkCalendar, always_open
from tenants.promises.wording import span_of_time

MORNING, AFTERNOON = OpenSpan(9 * 60, 13 * 60), OpenSpan(13 * 60 + 30, 18 * 60)


def test_a_calendar_survives_storage():
    calendar = shop(holidays=frozenset({date(2026, 12, 24)}), yearly_holidays=frozenset({(1, 1)}))

    stored = json.loads(json.dumps(calendar_to_json(calendar)))

    assert calendar_from_json(stored) == calendar
    assert stored["version"] == 1
    assert stored["week"][0] == [["09:00", "13:00"], ["13:30", "18:00"]]


def test_midnight_at_the_end_of_a_day_survives_storage():
    calendar = always_open("Europe/Kyiv")

    assert calendar_to_json(calendar)["week"][6] == [["00:00", "24:00"]]
    assert calendar_from_json(calendar_to_json(calendar)) == calendar


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"zone": "Mars/Olympus"},
        {"week": [[]] * 7},
        {"week": [[["09:00"]]] * 7},
        {"week": [[["09:00", "25:00"]]] * 7},
        {"week": 5},
        {"holidays": ["2026-02-30"]},
        {"yearly": ["13-01"]},
        {"yearly": None},
    ],
)
def test_a_stored_calendar_that_is_malformed_is_refused(change):
    with pytest.raises(Refused):
        calendar_from_json({**calendar_to_json(shop()), **change})


def test_a_stored_calendar_without_a_zone_is_refused():
    with pytest.raises(Refused):
        calendar_from_json({"version": 1})


@pytest.mark.parametrize("text", ["9", "09:60", "-1:30", "09:5", "x:y", "09:00:00"])
def test_what_is_no_time_of_day_is_not_read_as_one(text):
    with pytest.raises(ValueError, match=r"."):
        clock_minutes(text)


def test_a_time_of_day_needs_no_leading_zero():
    assert clock_minutes("9:00") == 540


def test_hours_are_told_by_groups_of_days():
    assert hours_in_words(shop()) == (
        "Mon–Fri 09:00–13:00, 13:30–18:00; Sat 09:00–13:00 (Europe/Kyiv)"
    )


def test_holidays_are_told_after_the_hours():
    calendar = shop(yearly_holidays=frozenset({(12, 25)}), holidays=frozenset({date(2026, 5, 9)}))

    assert hours_in_words(calendar).endswith("(Europe/Kyiv), closed on 12-25, 2026-05-09")


def test_round_the_clock_is_told_shortly():
    assert hours_in_words(always_open("Europe/Kyiv")) == "24x7"


def test_words_are_translated_one_by_one():
    german = {"Mon": "Mo", "Fri": "Fr", "Sat": "Sa"}

    told = hours_in_words(shop(), lambda msgid: german.get(msgid, msgid))

    assert told.startswith("Mo–Fr 09:00")
    assert day_in_words((), {"closed": "zu"}.get) == "zu"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (4800, "1 h 20"),
        (3900, "1 h 05"),
        (14400, "4 h"),
        (900, "15 min"),
        (40, "40 s"),
        (0, "0 s"),
        (-5, "0 s"),
    ],
)
def test_spans_of_time_are_told_in_hours_and_minutes(seconds, told):
    assert span_of_time(seconds) == told


def shop(**closed) -> WorkCalendar:
    weekdays = ((MORNING, AFTERNOON),) * 5
    return WorkCalendar("Europe/Kyiv", (*weekdays, (MORNING,), ()), **closed)
