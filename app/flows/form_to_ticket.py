"""A filled-in web form → a ticket; the same form sent twice is the same ticket."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.flows.correspondence import Addressee, Correspondence
from app.flows.request_to_ticket import Asked, request_to_ticket
from app.tickets import queries
from app.tickets.changes import Author, NewEntry, NewFile, NewTicket, checked_text
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.state import TicketState
from tenants.brands.queries import brand_words
from tenants.clients.actions import NewRequester, add_requester
from tenants.clients.queries import Sender, sender
from tenants.promises.priority import Priority
from tenants.promises.queries import service_hours


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What somebody asked for in a form. `key`: names this filling-in, so that twice is once."""

    brand_id: int
    name: str
    email: str
    subject: str
    text: str
    priority: Priority
    language: str
    key: str
    files: tuple[NewFile, ...] = ()


def form_to_ticket(
    session: Session, form: FormRequest, *, correspondence: Correspondence, now: datetime
) -> TicketState:
    """The ticket of a form, new or already there. Raises Refused for an empty text, NotFound."""
    source_ref = f"form:{form.key}"
    known = queries.ticket_of_source(session, source_ref)
    if known is not None:
        return known
    asked = _asked(session, form, source_ref, now=now)
    try:
        with session.begin_nested():
            return request_to_ticket(session, asked, correspondence=correspondence, now=now).ticket
    except IntegrityError:  # sent twice at once: the other one was first
        known = queries.ticket_of_source(session, source_ref)
        if known is None:
            raise
        return known


def _asked(session: Session, form: FormRequest, source_ref: str, *, now: datetime) -> Asked:
    brand = brand_words(session, form.brand_id)
    known = sender(session, form.email)
    asker = known.requester or add_requester(session, _new_requester(form, known), now=now)
    entry = NewEntry(
        text=checked_text(form.text),
        author=Author(AuthorKind.REQUESTER, asker.id, form.name),
        channel=Channel.WEB,
        language=form.language,
        files=form.files,
    )
    return Asked(
        ticket=NewTicket(
            brand_id=brand.id,
            prefix=brand.prefix,
            requester_id=asker.id,
            client_id=known.client.id if known.client else None,
            is_vip=known.client.is_vip if known.client else False,
            subject=form.subject,
            entry=entry,
            language=form.language,
            priority=form.priority,
            source_ref=source_ref,
        ),
        brand=brand,
        hours=service_hours(session).calendar,
        answer_to=Addressee(form.email, form.name, form.language, mailbox=brand.sender_address),
        is_own_mailbox=known.is_own_mailbox,
    )


def _new_requester(form: FormRequest, known: Sender) -> NewRequester:
    client_id = known.client.id if known.client else None
    return NewRequester(form.name, form.email, client_id, language=form.language)
