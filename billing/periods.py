"""Billing periods: calendar months in the tenant's billing zone.

Apart from rating because usage, invoices and reports all ask which month an instant belongs to.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tenants.errors import Refused
from tenants.promises.service_hours import zone_named

_MONTH = re.compile("([0-9]{4})-(0[1-9]|1[0-2])")
_MONTHS = 12
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, `[start, end)`, in `zone` (IANA). Raises Refused for an impossible one."""

    year: int
    month: int
    zone: str

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if not (_FIRST_YEAR <= self.year <= _LAST_YEAR and 1 <= self.month <= _MONTHS):
            raise Refused("A billing period is a month such as 2026-11.")

    @property
    def first_day(self) -> date:
        """The first of the month."""
        return date(self.year, self.month, 1)

    @property
    def start(self) -> datetime:
        """The first instant, in UTC."""
        return datetime.combine(self.first_day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first instant of the next month, in UTC."""
        return self.following().start

    @property
    def days(self) -> int:
        """How many days the month has."""
        return (self.following().first_day - self.first_day).days

    @property
    def name(self) -> str:
        """The month as "2026-11"."""
        return f"{self.year:04d}-{self.month:02d}"

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def following(self) -> "Period":
        """The next month in the same zone."""
        months = self.year * _MONTHS + self.month
        return Period(months // _MONTHS, months % _MONTHS + 1, self.zone)

    def preceding(self) -> "Period":
        """The month before in the same zone. Raises Refused before the first one there is."""
        months = self.year * _MONTHS + self.month - 2
        return Period(months // _MONTHS, months % _MONTHS + 1, self.zone)

    def days_from(self, on: date) -> int:
        """Days of the month from `on` to its end, `on` included; all of them before it, 0 after."""
        return max(0, (self.following().first_day - max(on, self.first_day)).days)


def period_of(at: datetime, zone: str) -> Period:
    """The month that `at` falls in, by the calendar on the wall in `zone`."""
    local = at.astimezone(zone_named(zone))
    return Period(local.year, local.month, zone)


def period_named(name: str, zone: str) -> Period:
    """The month written as "2026-11". Raises Refused for anything else."""
    parts = _MONTH.fullmatch(name)
    if parts is None:
        raise Refused("A billing period is a month such as 2026-11.")
    return Period(int(parts[1]), int(parts[2]), zone)
