"""A resolved ticket that nobody came back to is closed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.tickets.actions import change_status
from app.tickets.changes import SYSTEM
from app.tickets.lifecycle import TicketStatus
from app.tickets.queries import ticket_state
from tenants.promises.queries import service_hours
from tenants.promises.service_hours import add_working_days

CLOSED_AFTER_DAYS = 5  # working days of the tenant


def resolved_to_closed(session: Session, number: int, *, now: datetime) -> bool:
    """Whether the ticket was closed: its requester had all the working days to object.

    Raises NotFound, and Stale where somebody else was at it.
    """
    ticket = ticket_state(session, number)
    if ticket.status is not TicketStatus.RESOLVED or ticket.resolved_at is None:
        return False
    calendar = service_hours(session).calendar
    if add_working_days(calendar, ticket.resolved_at, CLOSED_AFTER_DAYS) > now:
        return False
    change_status(
        session,
        number,
        TicketStatus.CLOSED,
        author=SYSTEM,
        seen_revision=ticket.revision,
        now=now,
    )
    return True
