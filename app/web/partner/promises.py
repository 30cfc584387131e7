"""What the partner promises: hours, targets, and "when is it due?" with the reason line by line."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.deadlines.clocks import due
from app.deadlines.trace_text import trace_lines
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, chosen
from app.web.partner import partner_pages
from app.web.partner.targets import UNIT_WORDS, TargetsForm
from app.web.refusals import said
from app.web.services import database
from app.web.words import CLOCK_WORDS, PRIORITY_WORDS
from tenants.access.actions import record_audit
from tenants.access.roles import Action
from tenants.brands.queries import brands
from tenants.errors import Refused
from tenants.promises import queries
from tenants.promises.actions import replace_service_levels
from tenants.promises.hours_text import hours_in_words
from tenants.promises.priority import Priority
from tenants.promises.service_levels import (
    Choice,
    PromisedTo,
    choice_in_words,
    choose_service_level,
)
from tenants.promises.target import Target

TRIED_CLOCKS = ("first_response", "resolution")
TRIED_CHANNEL = "mail"
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried out. `at`: local time as the field spells it; `brand_id`: whose request."""

    at: str
    priority: Priority
    brand_id: int | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One clock of the request tried out. `due_at`: None without a target or where it cannot be."""

    name: str
    due_at: datetime | None
    lines: tuple[str, ...]


@partner_pages.get("/promises")
@permits(Action.MANAGE_BRANDS)
def promises() -> str:
    """Hours, targets, and the try-out that the address asks for."""
    return _page(None, {})


@partner_pages.post("/promises/targets")
@permits(Action.MANAGE_BRANDS)
def save_targets() -> Response | tuple[str, int]:
    """Keep the targets; tickets that are open keep what they were promised."""
    user, now = signed_in_user(), utc_now()
    with database().transaction(user.tenant_id) as session:
        levels = queries.promises(session).levels
        form = TargetsForm.from_request(levels)
        errors = form.errors()
        if not errors:
            replace_service_levels(session, [form.placed(each) for each in levels], now=now)
            record_audit(
                session, actor=user.actor, action="change_targets", target="targets", now=now
            )
    if errors:
        return _page(form, errors), UNPROCESSABLE
    flash(_("Saved. New requests are promised by these targets."), "success")
    return redirect(url_for("partner.promises", _anchor="targets"), 303)


def _page(typed: TargetsForm | None, errors: dict[str, str]) -> str:
    """The page; `errors` belong to the targets that were refused."""
    with database().transaction(signed_in_user().tenant_id) as session:
        kept = queries.promises(session)
        calendars = queries.calendars(session)
        hours = queries.service_hours(session)
        faces = brands(session)
    trial = _trial(hours.calendar.zone, [face.id for face in faces])
    choice = _choice(kept, trial)
    return render_template(
        "partner/promises.html",
        levels=kept.levels,
        calendars=[(each, hours_in_words(each.calendar, _)) for each in calendars],
        calendar_options=[(each.id, each.name) for each in calendars],
        form=typed or TargetsForm.of(kept.levels),
        errors=errors,
        units=[(unit.value, word) for unit, word in UNIT_WORDS.items()],
        priority_words=PRIORITY_WORDS,
        trial=trial,
        zone=hours.calendar.zone,
        brand_options=[(face.id, face.name) for face in faces],
        priority_options=[(each.value, f"{each} {PRIORITY_WORDS[each]}") for each in Priority],
        choice_lines=choice_in_words(choice, _),
        explained=_explained(kept, choice, trial, hours.calendar.zone),
    )


def _trial(zone: str, brand_ids: list[int]) -> Trial:
    """The request of the address; now, with the usual priority, where it names none."""
    asked = request.args
    brand = asked.get("brand", "")
    return Trial(
        at=asked.get("at") or utc_now().astimezone(ZoneInfo(zone)).strftime(LOCAL_FORMAT),
        priority=chosen(Priority, asked.get("priority", "")) or Priority.P3,
        brand_id=next((i for i in brand_ids if str(i) == brand), next(iter(brand_ids), None)),
    )


def _choice(kept: queries.Promises, trial: Trial) -> Choice:
    asker = PromisedTo(
        priority=trial.priority,
        brand_id=trial.brand_id or 0,
        client_id=None,
        service_id=None,
        channel=TRIED_CHANNEL,
        is_vip=False,
    )
    return choose_service_level(kept.rules, asker)


def _explained(kept: queries.Promises, choice: Choice, trial: Trial, zone: str) -> list[Explained]:
    if choice.position is None:
        return []
    hours = kept.calendars[kept.levels[choice.position].calendar_id]
    return [
        _clock(name, getattr(choice.targets, name), hours, trial, zone) for name in TRIED_CLOCKS
    ]


def _clock(
    name: str, target: Target | None, hours: queries.KeptCalendar, trial: Trial, zone: str
) -> Explained:
    word = str(CLOCK_WORDS[name])
    try:
        start = datetime.strptime(trial.at, LOCAL_FORMAT).replace(tzinfo=ZoneInfo(zone))
        found = due(hours.calendar, target, start, ())
    except ValueError:
        return Explained(word, None, (_("Give a day and a time."),))
    except Refused as refused:
        return Explained(word, None, (said(refused),))
    return Explained(word, found.due_at, trace_lines(found.trace, ZoneInfo(zone), _))
