"""Working calendars as JSON for storage, with a version of the format.

Apart from the calendar so that the stored form can age without touching the arithmetic.
"""

import re
from datetime import date
from typing import Any

from tenants.errors import Refused
from tenants.promises.open_pieces import DAY_MIN, OpenSpan
from tenants.promises.service_hours import WorkCalendar, YearlyDay

FORMAT_VERSION = 1
_MINUTES_OF_AN_HOUR = 60
_CLOCK = re.compile("([0-9]{1,2}):([0-5][0-9])")


def calendar_to_json(calendar: WorkCalendar) -> dict[str, Any]:
    """`{version, zone, week, holidays, yearly}`: what `calendar_from_json` takes.

    `week`: per day a list of ["09:00", "18:00"]; `holidays`: "2026-12-25"; `yearly`: "01-01".
    """
    return {
        "version": FORMAT_VERSION,
        "zone": calendar.zone,
        "week": [
            [[clock_text(span.opens_min), clock_text(span.closes_min)] for span in spans]
            for spans in calendar.week
        ],
        "holidays": sorted(on.isoformat() for on in calendar.holidays),
        "yearly": sorted(f"{month:02d}-{day:02d}" for month, day in calendar.yearly_holidays),
    }


def calendar_from_json(stored: dict[str, Any]) -> WorkCalendar:
    """The calendar that `calendar_to_json` stored. Raises Refused for anything else."""
    if not isinstance(stored, dict) or stored.get("version") != FORMAT_VERSION:
        raise Refused("These service hours are in a format that is not known here.")
    try:
        return WorkCalendar(
            zone=str(stored["zone"]),
            week=tuple(
                tuple(
                    OpenSpan(clock_minutes(opens), clock_minutes(closes)) for opens, closes in day
                )
                for day in stored["week"]
            ),
            holidays=frozenset(date.fromisoformat(on) for on in stored["holidays"]),
            yearly_holidays=frozenset(_yearly_day(text) for text in stored["yearly"]),
        )
    except (KeyError, TypeError, ValueError) as malformed:
        raise Refused("These service hours are incomplete or malformed.") from malformed


def clock_text(minutes: int) -> str:
    """Minutes since midnight as "09:00"; the end of the day is "24:00"."""
    hour, minute = divmod(minutes, _MINUTES_OF_AN_HOUR)
    return f"{hour:02d}:{minute:02d}"


def clock_minutes(text: str) -> int:
    """Minutes since midnight of "09:00" or "24:00". Raises ValueError for no time of day."""
    parts = _CLOCK.fullmatch(text)
    minutes = int(parts[1]) * _MINUTES_OF_AN_HOUR + int(parts[2]) if parts else DAY_MIN + 1
    if minutes > DAY_MIN:
        raise ValueError(f"{text!r} is no time of day")
    return minutes


def _yearly_day(text: str) -> YearlyDay:
    month, day = text.split("-")
    return int(month), int(day)
