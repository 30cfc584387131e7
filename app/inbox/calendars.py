"""Invitations in a mail, for display; nothing is accepted or written anywhere.

Apart, because the calendar library is heavy and may refuse what it is given.
"""

from datetime import date

from app.inbox.cleaning import clean_line
from app.inbox.mail import CalendarEvent

_BYTES = 200_000
_EVENTS = 20
_CHARS = 500


def read_calendar(content: bytes) -> tuple[CalendarEvent, ...] | None:
    """The events of an iCalendar file, at most 20; None when it cannot be read. Never raises."""
    # Imported here: it is heavy, and few mails carry an invitation.
    from icalendar import Calendar  # noqa: PLC0415

    try:
        calendar = Calendar.from_ical(content[:_BYTES].decode("utf-8", errors="replace"))
        method = _text(calendar, "method")
        return tuple(_event(event, method) for event in calendar.walk("VEVENT")[:_EVENTS])
    except Exception:  # noqa: BLE001 - the library raises whatever its parsers meet
        return None


def _event(event: object, method: str) -> CalendarEvent:
    return CalendarEvent(
        method=method,
        uid=_text(event, "uid"),
        summary=_text(event, "summary"),
        location=_text(event, "location"),
        organizer=_text(event, "organizer"),
        starts=_time(event, "dtstart"),
        ends=_time(event, "dtend"),
        status=_text(event, "status"),
    )


def _text(component: object, name: str) -> str:
    value = component.get(name) if hasattr(component, "get") else None
    return clean_line(str(value))[:_CHARS] if value is not None else ""


def _time(component: object, name: str) -> str:
    value = component.get(name) if hasattr(component, "get") else None
    moment = getattr(value, "dt", None)
    return str(moment.isoformat()) if isinstance(moment, date) else ""
