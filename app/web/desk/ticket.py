"""A ticket beside the queue: the conversation, the promises and who is asking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from jinja2_fragments.flask import render_block

from app.clock import utc_now
from app.deadlines.queries import KeptCycle, cycles_of
from app.deadlines.trace_text import trace_lines
from app.tickets.page import TicketPage
from app.tickets.queries import ticket_page
from app.web.auth import permits, signed_in_user
from app.web.desk import desk_pages
from app.web.desk.clocks import Face, cycle_face, face_of
from app.web.desk.place import TicketPlace, ticket_place
from app.web.desk.queue import shown_queue
from app.web.localization import Reader, reader
from app.web.services import database
from app.web.timeline import shown_timeline
from app.web.words import CLOCK_WORDS
from tenants.access.roles import Action
from tenants.brands.brand import Brand, Occasion, TextChannel, TextKind, fill_in, text_for
from tenants.brands.queries import brand_words
from tenants.promises.queries import service_hours
from tenants.promises.service_hours import is_open


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One promise of the ticket with its explanation."""

    label: Any
    face: Face
    trace: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class WorkShown:
    """What the middle and right columns need."""

    page: TicketPage
    face: Face
    timeline: tuple[Any, ...]
    clocks: tuple[ClockShown, ...]
    brand: Brand
    greeting: str
    sender: str
    draft_key: str


@desk_pages.get("/tickets/<ref>")
@permits(Action.WORK_TICKETS)
def ticket(ref: str) -> str:
    """The ticket; the middle column alone when a row of the queue asks."""
    return answer_ticket(ticket_place(ref))


def answer_ticket(place: TicketPlace, **said: Any) -> str:
    """The page of a ticket after reading or changing it; `said`: what a refused form kept."""
    work = shown_work(place)
    values = {"work": work, "ref": work.page.head.ref, **said}
    if request.headers.get("HX-Target", "").endswith("#work"):
        return render_block("desk/ticket.html", "work", **values)
    queue = shown_queue(current=work.page.head.ref)
    return render_template("desk/ticket.html", queue=queue, **values)


def shown_work(place: TicketPlace) -> WorkShown:
    """Read the ticket in one transaction of its tenant."""
    now, user, to = utc_now(), signed_in_user(), reader()
    with database().transaction(place.tenant_id) as session:
        page = ticket_page(session, place.number)
        brand = brand_words(session, page.head.brand_id)
        cycles = cycles_of(session, page.head.id)
        hours = service_hours(session)
    greeting = Occasion(
        TextKind.GREETING,
        TextChannel.TELEPHONE,
        page.head.language,
        is_open=is_open(hours.calendar, now),
    )
    said = {"operator": user.name, "requester": page.head.requester_name, "brand": brand.name}
    return WorkShown(
        page=page,
        face=face_of(page.head, reader=to, now=now),
        timeline=shown_timeline(page),
        clocks=tuple(_clock(kept, hours.calendar.zone, reader=to, now=now) for kept in cycles),
        brand=brand,
        greeting=fill_in(text_for(brand, greeting), said),
        sender=brand.sender_address,
        draft_key=f"{user.user_id}:{page.head.ref}",
    )


def _clock(kept: KeptCycle, zone: str, *, reader: Reader, now: datetime) -> ClockShown:
    lines = trace_lines(kept.trace, ZoneInfo(zone), reader.say)
    label = CLOCK_WORDS[kept.cycle.kind.value]
    return ClockShown(label, cycle_face(kept, reader=reader, now=now), lines, kept.source.why)
