"""What happens to a ticket without anybody working on it: links, people, and events of machines."""

from datetime import datetime

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.tickets import queries
from app.tickets.actions.writing import Outcome, add_events, locked, tell, write
from app.tickets.changes import SYSTEM, Author, Change
from app.tickets.kinds import EventKind, LinkKind
from app.tickets.models import Participant, TicketLink
from app.tickets.state import TicketState

_LINKS: Table = TicketLink.__table__  # type: ignore[assignment]
_PARTICIPANTS: Table = Participant.__table__  # type: ignore[assignment]


def record_event(
    session: Session, number: int, change: Change, *, author: Author = SYSTEM, now: datetime
) -> TicketState:
    """Write something that happened into the ticket's history. Raises NotFound."""
    ticket = locked(session, number, seen_revision=None)
    return write(session, ticket, Outcome(changes=(change,)), author=author, now=now)


def record_clock_event(session: Session, number: int, change: Change, *, now: datetime) -> bool:
    """Whether what a clock did was new; it stands in the ticket's history then. Raises NotFound.

    The revision stays: a warning is no news that may stop somebody who is writing an answer.
    """
    ticket = locked(session, number, seen_revision=None)
    if queries.is_in_history(session, ticket.id, change):
        return False
    add_events(session, ticket, (change,), author=SYSTEM, now=now)
    tell(session, ticket)
    return True


def link_tickets(
    session: Session, from_number: int, to: TicketState, kind: LinkKind, *, now: datetime
) -> TicketState:
    """Let one ticket refer to another of the same tenant; twice is once."""
    ticket = locked(session, from_number, seen_revision=None)
    session.execute(
        insert(_LINKS)
        .values(
            tenant_id=ticket.tenant_id, from_id=ticket.id, to_id=to.id, kind=kind, created_at=now
        )
        .on_conflict_do_nothing()
    )
    change = Change(EventKind.LINKED, after={"ref": to.ref, "kind": kind.value})
    return write(session, ticket, Outcome(changes=(change,)), author=SYSTEM, now=now)


def add_participant(
    session: Session, number: int, email: str, *, name: str, author: Author, now: datetime
) -> TicketState:
    """Let another address take part in the conversation; twice is once. Raises NotFound."""
    ticket = locked(session, number, seen_revision=None)
    session.execute(
        insert(_PARTICIPANTS)
        .values(
            tenant_id=ticket.tenant_id,
            ticket_id=ticket.id,
            email=email.strip().lower(),
            name=name,
            added_at=now,
        )
        .on_conflict_do_nothing()
    )
    change = Change(EventKind.PARTICIPANT_ADDED, after={"name": name})
    return write(session, ticket, Outcome(changes=(change,)), author=author, now=now)
