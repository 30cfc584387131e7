"""A ticket beside the queue: the conversation, the promises and who is asking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from jinja2_fragments.flask import render_block

from app.clock import utc_now
from app.deadlines.queries import cycles_of
from app.tickets.page import EntryShown, TicketPage
from app.tickets.queries import ticket_page
from app.web.auth import permits, signed_in_user
from app.web.desk import desk_pages
from app.web.desk.clocks import Face, face_of, running_face
from app.web.desk.place import TicketPlace, ticket_place
from app.web.desk.queue import shown_queue
from app.web.localization import reader_language
from app.web.services import database
from app.web.timeline import shown_timeline
from app.web.words import CLOCK_WORDS
from tenants.access.roles import Action
from tenants.brands.queries import brand_of


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
    brand: Any
    greeting: str
    sender: str
    draft_key: str


@desk_pages.get("/tickets/<ref>")
@permits(Action.WORK_TICKETS)
def ticket(ref: str) -> str:
    """The ticket; the middle column alone when a row of the queue asks."""
    return answer_ticket(ticket_place(ref))


def answer_ticket(place: TicketPlace, **said: Any) -> str:  # noqa: ANN401 - template values
    """The page of a ticket after reading or changing it; `said`: what a refused form kept."""
    work = shown_work(place)
    values = {"work": work, "ref": work.page.head.ref, **said}
    if request.headers.get("HX-Target", "").endswith("#work"):
        return render_block("desk/ticket.html", "work", **values)
    queue = shown_queue(current=work.page.head.ref)
    return render_template("desk/ticket.html", queue=queue, **values)


def shown_work(place: TicketPlace) -> WorkShown:
    """Read the ticket in one transaction of its tenant."""
    now = utc_now()
    with database().transaction(place.tenant_id) as session:
        page = ticket_page(session, place.number)
        brand = brand_of(session, page.head.brand_id)
        cycles = cycles_of(session, page.head.id)
    return WorkShown(
        page=page,
        face=face_of(page.head, now=now),
        timeline=shown_timeline(page),
        clocks=tuple(_clock(cycle, brand.zone, now) for cycle in cycles),
        brand=brand,
        greeting=brand.greeting(page.head.language, operator=signed_in_user().name),
        sender=brand.sender_address,
        draft_key=f"{signed_in_user().user_id}:{page.head.ref}",
    )


def newest_public(page: TicketPage) -> EntryShown | None:
    """The newest words that the requester can read."""
    return page.public_entries[-1] if page.public_entries else None


def _clock(cycle: Any, zone: str, now: datetime) -> ClockShown:  # noqa: ANN401
    label = CLOCK_WORDS.get(cycle.kind, cycle.kind)
    return ClockShown(label, _cycle_face(cycle, now), _trace(cycle, zone), cycle.why)


def _trace(cycle: Any, zone: str) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(cycle.explained(ZoneInfo(zone), reader_language()))


def _cycle_face(cycle: Any, now: datetime) -> Face:  # noqa: ANN401
    return running_face(cycle.due_at, kind=cycle.kind, target_s=0, now=now)
