"""How values look in a sentence: sums, instants, lengths of time, sizes.

Pure: language and zone are arguments. Templates use them as filters without arguments;
`install_filters` binds the reader's language and zone of the moment.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from babel.units import format_unit
from jinja2 import Environment

from app.outbox.instants import clock_time, day, instant, instant_in_zone

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S
DAYS_SHOWN_FROM = 2
MINUS = "\N{MINUS SIGN}"
SIZE_STEP = 1024
SIZE_UNITS = ("digital-byte", "digital-kilobyte", "digital-megabyte", "digital-gigabyte")


class Sum(Protocol):
    """What a sum must tell to be shown: whole minor units, and the ISO 4217 code."""

    @property
    def minor(self) -> int:
        """Pence, cents …; negative for what is owed back."""

    @property
    def currency(self) -> str:
        """Three upper-case letters."""


def money(value: Sum, *, locale: Locale) -> str:
    """A sum with its currency sign: 123450 minor units of EUR are "€1,234.50" in English."""
    digits = get_currency_precision(value.currency)
    return format_currency(Decimal(value.minor).scaleb(-digits), value.currency, locale=locale)


def iso(value: datetime) -> str:
    """An aware instant for machines, whole seconds in UTC: "2026-11-28T12:30:00Z"."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(value: timedelta | int, *, locale: Locale) -> str:
    """A length of time (seconds when a number) by its two largest units: 15 600 is "4 hr 20 min".

    A negative length is shown as its size; the words around it say which way it goes.
    """
    seconds = abs(int(value.total_seconds() if isinstance(value, timedelta) else value))
    parts = [
        (seconds // DAY_S, "duration-day"),
        (seconds % DAY_S // HOUR_S, "duration-hour"),
        (seconds % HOUR_S // MINUTE_S, "duration-minute"),
        (seconds % MINUTE_S, "duration-second"),
    ]
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [part for place, part in enumerate(parts[first : first + 2]) if part[0] or not place]
    return " ".join(format_unit(count, unit, "short", locale=locale) for count, unit in shown)


def countdown(left: timedelta, *, translate: Callable[[str], str]) -> str:
    """What is left of a promise in the fewest figures that tell: 03:51, 4 h 20, 3 d 4 h.

    Negative once it is missed; seconds are cut, not rounded. `translate`: the page's gettext. The
    page's `sla-clock` goes on by the same rules, which stand in both places because the first text
    must not need a script.
    """
    sign = MINUS if left < timedelta() else ""
    seconds = int(abs(left).total_seconds())
    minutes, hours, days = seconds // MINUTE_S, seconds // HOUR_S, seconds // DAY_S
    if seconds < HOUR_S:
        return f"{sign}{minutes:02}:{seconds % MINUTE_S:02}"
    if days < DAYS_SHOWN_FROM:
        shown = {"hours": hours, "minutes": f"{minutes % 60:02}"}
        return sign + translate("%(hours)s h %(minutes)s") % shown
    return sign + translate("%(days)s d %(hours)s h") % {"days": days, "hours": hours % 24}


def size(value: int, *, locale: Locale) -> str:
    """A number of bytes in the largest unit it fills, in steps of 1024: 1 572 864 is "1.5 MB"."""
    amount, step = Decimal(value), 0
    while amount >= SIZE_STEP and step < len(SIZE_UNITS) - 1:
        amount, step = amount / SIZE_STEP, step + 1
    shown = amount.quantize(Decimal("0.1")) if step else amount
    return format_unit(shown, SIZE_UNITS[step], "short", locale=locale)


def install_filters(
    environment: Environment, *, locale: Callable[[], Locale], zone: Callable[[], ZoneInfo]
) -> None:
    """Give `environment` the filters; `locale` and `zone` are asked each time one is used."""
    environment.filters |= {
        "money": lambda value: money(value, locale=locale()),
        "day": lambda value: day(value, locale=locale(), zone=zone()),
        "clock": lambda value: clock_time(value, locale=locale(), zone=zone()),
        "instant": lambda value: instant(value, locale=locale(), zone=zone()),
        "instant_in_zone": lambda value: instant_in_zone(value, locale=locale(), zone=zone()),
        "iso": iso,
        "duration": lambda value: duration(value, locale=locale()),
        "size": lambda value: size(value, locale=locale()),
    }
