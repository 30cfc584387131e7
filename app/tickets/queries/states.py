"""Single tickets: as a change finds them, and where a reference leads."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.tickets.changes import Change
from app.tickets.kinds import EventKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.models import Entry, Participant, Ticket, TicketEvent
from app.tickets.page import Person
from app.tickets.refs import TicketRef
from app.tickets.stale import News
from app.tickets.state import TicketState
from tenants.clients.models import Client
from tenants.database import acting_tenant
from tenants.directory.names import NameKind
from tenants.directory.queries import find_name
from tenants.errors import NotFound

_COLUMNS = [getattr(Ticket, each.name) for each in fields(TicketState) if each.name != "is_vip"]


def ticket_place(session: Session, ref: TicketRef) -> tuple[int, int]:
    """The tenant and number a reference leads to, by its prefix. Raises NotFound.

    `session`: any; the directory is shared. Whether the ticket exists is asked in its tenant.
    """
    owner = find_name(session, NameKind.PREFIX, ref.prefix)
    if owner is None:
        raise NotFound("There is no such ticket.")
    return owner.tenant_id, ref.number


def ticket_state(session: Session, number: int) -> TicketState:
    """A ticket of the session's tenant, unlocked. Raises NotFound."""
    return _state(session, _by_number(session, number))


def ticket_state_by_id(session: Session, ticket_id: int) -> TicketState:
    """A ticket of the session's tenant by our own id. Raises NotFound."""
    return _state(session, _states(session).where(Ticket.id == ticket_id))


def ticket_of_source(session: Session, source_ref: str) -> TicketState | None:
    """The ticket that was made of `source_ref`, if one was."""
    row = session.execute(_states(session).where(Ticket.source_ref == source_ref)).one_or_none()
    return TicketState(**row._mapping) if row else None  # noqa: SLF001 - documented


def ticket_for_change(session: Session, number: int) -> TicketState:
    """A ticket of the session's tenant, locked until the transaction ends. Raises NotFound."""
    return _state(session, _by_number(session, number).with_for_update(of=Ticket))


def news_since(session: Session, ticket_id: int, revision: int) -> tuple[News, ...]:
    """What came to a ticket after `revision`, oldest first."""
    tenant_id = acting_tenant(session)
    entries = session.execute(
        select(Entry.created_at, Entry.author_name, Entry.text)
        .where(
            Entry.tenant_id == tenant_id, Entry.ticket_id == ticket_id, Entry.revision > revision
        )
        .order_by(Entry.id)
    )
    events = session.execute(
        select(TicketEvent.at, TicketEvent.author_name, TicketEvent.kind)
        .where(
            TicketEvent.tenant_id == tenant_id,
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.revision > revision,
        )
        .order_by(TicketEvent.id)
    )
    news = [News(at, name, text=words) for at, name, words in entries]
    news += [News(at, name, event=kind) for at, name, kind in events]
    return tuple(sorted(news, key=lambda item: item.at))


def reopenings_since(session: Session, ticket_id: int, since: datetime) -> int:
    """How often a ticket was reopened from `since` on."""
    return session.execute(
        select(func.count()).where(
            TicketEvent.tenant_id == acting_tenant(session),
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.kind == EventKind.REOPENED,
            TicketEvent.at >= since,
        )
    ).scalar_one()


def is_in_history(session: Session, ticket_id: int, change: Change) -> bool:
    """Whether exactly this happened to a ticket before."""
    found = session.scalar(
        select(TicketEvent.id)
        .where(
            TicketEvent.tenant_id == acting_tenant(session),
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.kind == change.kind,
            TicketEvent.after == change.after,
        )
        .limit(1)
    )
    return found is not None


def resolved_tickets(session: Session, *, before: datetime, limit: int) -> list[tuple[int, int]]:
    """Tenant and number of tickets resolved before then and not closed, oldest first.

    `session`: of `Database.across_tenants`.
    """
    rows = session.execute(
        select(Ticket.tenant_id, Ticket.number)
        .where(Ticket.status == TicketStatus.RESOLVED, Ticket.resolved_at < before)
        .order_by(Ticket.resolved_at)
        .limit(limit)
    )
    return [(row.tenant_id, row.number) for row in rows]


def participants(session: Session, ticket_id: int) -> list[Person]:
    """Who takes part in a ticket beside the requester; addresses in lower case."""
    rows = session.execute(
        select(Participant.name, Participant.email)
        .where(Participant.tenant_id == acting_tenant(session), Participant.ticket_id == ticket_id)
        .order_by(Participant.id)
    )
    return [Person(*row) for row in rows]


def entry_html(session: Session, entry_id: int) -> str:
    """The sanitised HTML of an entry. Raises NotFound where there is none."""
    html = session.scalar(
        select(Entry.html).where(Entry.tenant_id == acting_tenant(session), Entry.id == entry_id)
    )
    if html is None:
        raise NotFound("There is no such message.")
    return html


def _by_number(session: Session, number: int) -> Select[*tuple[Any, ...]]:
    return _states(session).where(Ticket.number == number)


def _states(session: Session) -> Select[*tuple[Any, ...]]:
    client = and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id)
    return (
        select(*_COLUMNS, func.coalesce(Client.is_vip, False).label("is_vip"))
        .outerjoin(Client, client)
        .where(Ticket.tenant_id == acting_tenant(session))
    )


def _state(session: Session, statement: Select[*tuple[Any, ...]]) -> TicketState:
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("There is no such ticket.")
    return TicketState(**row._mapping)  # noqa: SLF001 - the documented mapping of a row
