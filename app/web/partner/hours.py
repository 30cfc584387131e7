"""The service hours editor: a line of times per weekday, the holidays, and the zone."""

import re
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, complaint, complaints, line, paragraphs
from app.web.partner import partner_pages
from app.web.services import database
from tenants.access.actions import record_audit
from tenants.access.roles import Action
from tenants.errors import Refused
from tenants.promises.actions import change_calendar
from tenants.promises.hours_json import clock_minutes
from tenants.promises.hours_text import day_in_words
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.queries import calendar
from tenants.promises.service_hours import DAYS_OF_A_WEEK, WorkCalendar, YearlyDay, zone_named
from tenants.promises.wording import WEEKDAYS

MOST_SPANS = 6  # of a day
MOST_HOLIDAYS = 400
_DASH = re.compile(r"\s*[-–—]\s*")
_YEARLY = re.compile(r"(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class HoursForm:
    """What the form sends, as typed. `days`: Monday to Sunday, "" for a closed one.

    `holidays`: a date a line, "2026-12-25", or "12-25" for every year.
    """

    zone: str
    days: tuple[str, ...]
    holidays: str

    @classmethod
    def of(cls, kept: WorkCalendar) -> "HoursForm":
        """The form as it opens."""
        yearly = [f"{month:02d}-{day:02d}" for month, day in sorted(kept.yearly_holidays)]
        return cls(
            zone=kept.zone,
            days=tuple(day_in_words(spans) if spans else "" for spans in kept.week),
            holidays="\n".join([*yearly, *(on.isoformat() for on in sorted(kept.holidays))]),
        )

    @classmethod
    def from_request(cls) -> "HoursForm":
        """Read the form."""
        days = tuple(line(f"day_{place}") for place in range(DAYS_OF_A_WEEK))
        return cls(line("zone"), days, paragraphs("holidays"))

    def errors(self) -> dict[str, str]:
        """What is wrong, by field; empty when these are hours that can be kept."""
        found = {f"day_{place}": complaint(day_spans, day) for place, day in enumerate(self.days)}
        found |= {
            "zone": complaint(zone_named, self.zone),
            "holidays": complaint(holiday_dates, self.holidays),
        }
        return complaints(found) or complaints({"day_0": complaint(self.hours)})

    def hours(self) -> WorkCalendar:
        """The hours typed. Raises Refused for what cannot be."""
        holidays, yearly = holiday_dates(self.holidays)
        return WorkCalendar(self.zone, tuple(day_spans(day) for day in self.days), holidays, yearly)


@partner_pages.get("/promises/hours/<int:calendar_id>")
@permits(Action.MANAGE_BRANDS)
def hours(calendar_id: int) -> str:
    """The hours of one calendar, to be changed."""
    return _page(calendar_id, None, {})


@partner_pages.post("/promises/hours/<int:calendar_id>")
@permits(Action.MANAGE_BRANDS)
def save_hours(calendar_id: int) -> Response | tuple[str, int]:
    """Keep the hours; clocks that run keep those they began with."""
    user, form = signed_in_user(), HoursForm.from_request()
    errors = form.errors()
    if errors:
        return _page(calendar_id, form, errors), UNPROCESSABLE
    now = utc_now()
    with database().transaction(user.tenant_id) as session:
        version = change_calendar(session, calendar_id, form.hours(), now=now)
        record_audit(
            session,
            actor=user.actor,
            action="change_hours",
            target=f"calendar:{calendar_id}",
            now=now,
            details={"version": version},
        )
    flash(_("Saved. New requests are promised by these hours."), "success")
    return redirect(url_for("partner.promises"), 303)


def day_spans(typed: str) -> tuple[OpenSpan, ...]:
    """The open times in "09:00-13:00, 14:00-18:00"; none for "". Raises Refused."""
    parts = [part.strip() for part in typed.replace(";", ",").split(",") if part.strip()]
    if len(parts) > MOST_SPANS:
        raise Refused(_("At most %(most)s open times a day.", most=MOST_SPANS))
    return tuple(_span(part) for part in parts)


def holiday_dates(typed: str) -> tuple[frozenset[date], frozenset[YearlyDay]]:
    """Single dates, and those of every year, in lines of dates. Raises Refused."""
    lines = typed.split()
    if len(lines) > MOST_HOLIDAYS:
        raise Refused(_("At most %(most)s holidays.", most=MOST_HOLIDAYS))
    yearly = [found for each in lines if (found := _YEARLY.fullmatch(each))]
    single = [each for each in lines if not _YEARLY.fullmatch(each)]
    return (
        frozenset(_date(each) for each in single),
        frozenset((int(each[1]), int(each[2])) for each in yearly),
    )


def _span(typed: str) -> OpenSpan:
    times = _DASH.split(typed)
    try:
        opens, closes = (clock_minutes(time) for time in times)
    except ValueError as malformed:
        raise Refused(_("Write open times as 09:00–13:00, 14:00–18:00.")) from malformed
    if opens >= closes:
        raise Refused(_("An open time ends after it begins; the end of the day is 24:00."))
    return OpenSpan(opens, closes)


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as malformed:
        raise Refused(
            _("“%(date)s” is no date: write 2026-12-25, or 12-25 for every year.", date=typed[:20])
        ) from malformed


def _page(calendar_id: int, typed: HoursForm | None, errors: dict[str, str]) -> str:
    with database().transaction(signed_in_user().tenant_id) as session:
        kept = calendar(session, calendar_id)
    return render_template(
        "partner/hours.html",
        kept=kept,
        form=typed or HoursForm.of(kept.calendar),
        errors=errors,
        weekdays=[_(day) for day in WEEKDAYS],
    )
