"""Instants as people read them, in a language and a zone: on pages and in what leaves us alike."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, get_timezone_location


def day(value: date | datetime, *, locale: Locale, zone: ZoneInfo) -> str:
    """A date, or the reader's date at an aware instant: "Nov 28, 2026"."""
    shown = value.astimezone(zone) if isinstance(value, datetime) else value
    return format_date(shown, "medium", locale=locale)


def clock_time(value: datetime, *, locale: Locale, zone: ZoneInfo) -> str:
    """The reader's time of day at an aware instant, in 24 hours: "14:30"."""
    return format_skeleton("Hm", value, tzinfo=zone, locale=locale)


def instant(value: datetime, *, locale: Locale, zone: ZoneInfo) -> str:
    """Date and time of an aware instant in the reader's zone: "Nov 28, 2026, 14:30"."""
    together = str(locale.datetime_formats["medium"])
    shown_day = day(value, locale=locale, zone=zone)
    return together.format(clock_time(value, locale=locale, zone=zone), shown_day)


def instant_in_zone(value: datetime, *, locale: Locale, zone: ZoneInfo) -> str:
    """As `instant`, with the zone's city, for readers elsewhere: "Nov 28, 2026, 14:30 (Kyiv)"."""
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return f"{instant(value, locale=locale, zone=zone)} ({city})"
