"""What tickets are called, for lists that know only their ids."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.tickets.models import Ticket
from tenants.clients.models import Client
from tenants.database import acting_tenant


@dataclass(frozen=True, slots=True)
class TicketName:
    """A ticket in one line. `client_name`: "" where none is known."""

    ref: str
    subject: str
    client_name: str


def ticket_names(session: Session, ticket_ids: Iterable[int]) -> dict[int, TicketName]:
    """The names of those of `ticket_ids` that are tickets of the session's tenant."""
    rows = session.execute(
        select(Ticket.id, Ticket.prefix, Ticket.number, Ticket.subject, Client.name)
        .outerjoin(
            Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id)
        )
        .where(Ticket.tenant_id == acting_tenant(session), Ticket.id.in_(set(ticket_ids)))
    )
    return {
        ticket_id: TicketName(f"{prefix}-{number}", subject, client or "")
        for ticket_id, prefix, number, subject, client in rows
    }
