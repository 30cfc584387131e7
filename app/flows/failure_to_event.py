"""A message that did not leave → a line in its ticket's history, at the first failure and the last.

The tries between the two are not told: the desk knows already that the message waits.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.tickets.actions import record_event
from app.tickets.changes import Change
from app.tickets.kinds import EventKind
from app.tickets.queries import ticket_state_by_id
from app.tickets.state import TicketState


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A failed attempt. `again_at`: when it is tried again; None: nothing more is tried."""

    ticket_id: int | None
    recipient: str
    attempts: int
    again_at: datetime | None


def failure_to_event(
    session: Session, failed: FailedDelivery, *, now: datetime
) -> TicketState | None:
    """The ticket with the new line; None for a message about none, and for a try between."""
    is_told = failed.attempts == 1 or failed.again_at is None
    if failed.ticket_id is None or not is_told:
        return None
    ticket = ticket_state_by_id(session, failed.ticket_id)
    change = Change(EventKind.DELIVERY_FAILED, after=_after(failed))
    return record_event(session, ticket.number, change, now=now)


def _after(failed: FailedDelivery) -> dict[str, str | None]:
    again_at = failed.again_at.isoformat() if failed.again_at else None
    return {"name": failed.recipient, "again_at": again_at}
