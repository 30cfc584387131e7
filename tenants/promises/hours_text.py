"""Service hours in words, as contracts and settings pages print them.

Apart from the calendar because words have a language and hours have none.
"""

from itertools import groupby

from tenants.promises.hours_json import clock_text
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.service_hours import WorkCalendar
from tenants.promises.wording import EN_DASH, N_, WEEKDAYS, Translate, english

_ALWAYS = N_("24x7")
_CLOSED = N_("closed")
_IN_ZONE = N_("{hours} ({zone})")
_EXCEPT = N_("{hours}, closed on {dates}")


def hours_in_words(calendar: WorkCalendar, translate: Translate = english) -> str:
    """A line such as "Mon-Fri 09:00-13:00, 13:30-18:00; Sat 10:00-14:00 (Europe/Kyiv)".

    Days alike are joined, closed weekdays left out; 24x7 without holidays is just that.
    """
    if calendar.is_always_open:
        return translate(_ALWAYS)
    hours = "; ".join(_groups(calendar, translate))
    in_zone = translate(_IN_ZONE).format(hours=hours, zone=calendar.zone)
    dates = _holidays(calendar)
    if not dates:
        return in_zone
    return translate(_EXCEPT).format(hours=in_zone, dates=", ".join(dates))


def day_in_words(spans: tuple[OpenSpan, ...], translate: Translate = english) -> str:
    """The hours of one day: "09:00-13:00, 13:30-18:00" or "closed"."""
    if not spans:
        return translate(_CLOSED)
    return ", ".join(
        f"{clock_text(span.opens_min)}{EN_DASH}{clock_text(span.closes_min)}" for span in spans
    )


def _groups(calendar: WorkCalendar, translate: Translate) -> list[str]:
    days = zip(WEEKDAYS, calendar.week, strict=True)
    groups = [
        (spans, [name for name, _ in same]) for spans, same in groupby(days, lambda day: day[1])
    ]
    return [
        f"{_days(names, translate)} {day_in_words(spans, translate)}"
        for spans, names in groups
        if spans
    ]


def _days(names: list[str], translate: Translate) -> str:
    first, last = translate(names[0]), translate(names[-1])
    return first if len(names) == 1 else f"{first}{EN_DASH}{last}"


def _holidays(calendar: WorkCalendar) -> list[str]:
    yearly = sorted(f"{month:02d}-{day:02d}" for month, day in calendar.yearly_holidays)
    return yearly + sorted(on.isoformat() for on in calendar.holidays)
