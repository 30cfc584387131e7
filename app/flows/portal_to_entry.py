"""What a requester writes on their own page → an entry, a reopened ticket or a linked follow-up."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.correspondence import Addressee, Correspondence
from app.flows.request_to_ticket import Asked, request_to_ticket
from app.tickets import actions, queries
from app.tickets.actions import Written
from app.tickets.changes import NewEntry, NewTicket, checked_text
from app.tickets.kinds import LinkKind
from app.tickets.reopening import (
    REOPENINGS_COUNTED_OVER,
    Effect,
    Standing,
    effect_of_words,
)
from app.tickets.state import TicketState
from tenants.brands.queries import brand_words
from tenants.clients.queries import requester
from tenants.promises.queries import service_hours


def portal_to_entry(
    session: Session,
    number: int,
    entry: NewEntry,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> Written:
    """Add the requester's words by the same rules as a mail. Raises NotFound, Refused when empty.

    The ticket given back is the follow-up where one was begun.
    """
    checked_text(entry.text)
    ticket = queries.ticket_for_change(session, number)
    effect = effect_of_words(_standing(session, ticket, now=now), entry.text, now=now)
    if effect is Effect.REOPENS:
        return actions.reopen_ticket(session, number, entry, now=now)
    if effect is Effect.ENTRY_ONLY:
        return actions.append_entry_only(session, number, entry, now=now)
    if effect is Effect.FOLLOW_UP:
        return _follow_up(session, ticket, entry, correspondence=correspondence, now=now)
    return actions.append_requester_entry(session, number, entry, now=now)


def _standing(session: Session, ticket: TicketState, *, now: datetime) -> Standing:
    since = now - REOPENINGS_COUNTED_OVER
    recent = 0 if ticket.is_open else queries.reopenings_since(session, ticket.id, since)
    return Standing(ticket.status, ticket.resolved_at, recent)


def _follow_up(
    session: Session,
    ticket: TicketState,
    entry: NewEntry,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> Written:
    brand = brand_words(session, ticket.brand_id)
    asker = requester(session, ticket.requester_id)
    answer_to = (
        Addressee(asker.email, asker.name, ticket.language, mailbox=brand.sender_address)
        if asker.email
        else None
    )
    asked = Asked(
        ticket=NewTicket(
            brand_id=ticket.brand_id,
            prefix=brand.prefix,
            requester_id=ticket.requester_id,
            client_id=ticket.client_id,
            is_vip=ticket.is_vip,
            subject=ticket.subject,
            entry=entry,
            language=ticket.language,
        ),
        brand=brand,
        hours=service_hours(session).calendar,
        answer_to=answer_to,
    )
    written = request_to_ticket(session, asked, correspondence=correspondence, now=now)
    new = written.ticket.number
    actions.link_tickets(session, new, ticket, LinkKind.FOLLOW_UP, now=now)
    return written
