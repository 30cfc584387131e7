"""The desk works on a ticket: takes it, moves it along, resolves and closes it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.deadlines import actions as deadlines
from app.deadlines.next_due import NextDue
from app.deadlines.pauses import PauseReason
from app.tickets.actions.opening import clock_subject
from app.tickets.actions.writing import Outcome, locked, write
from app.tickets.changes import (
    Author,
    Change,
    NewPriority,
    assignment_change,
    priority_change,
    reopening_change,
    status_change,
)
from app.tickets.kinds import EventKind
from app.tickets.lifecycle import TicketStatus, is_open
from app.tickets.state import TicketState
from tenants.errors import Refused

_PAUSES: dict[TicketStatus, PauseReason] = {
    TicketStatus.WAITING_FOR_REQUESTER: PauseReason.WAITING_FOR_REQUESTER,
    TicketStatus.WAITING_FOR_CONFIRMATION: PauseReason.WAITING_FOR_CONFIRMATION,
}


def take_ticket(
    session: Session, number: int, *, author: Author, seen_revision: int | None, now: datetime
) -> TicketState:
    """Make the operator the one who works on the ticket; a new ticket goes in progress.

    Raises NotFound, Stale, and Refused where it is resolved.
    """
    ticket = locked(session, number, seen_revision=seen_revision)
    if not ticket.is_open:
        raise Refused("The ticket is resolved; reopen it first.")
    values: dict[str, object] = {"assignee_id": author.id}
    changes = [assignment_change(ticket.assignee_id, author.id, author.name)]
    if ticket.status is TicketStatus.NEW:
        changes.append(status_change(ticket.status, TicketStatus.IN_PROGRESS))
        values["status"] = TicketStatus.IN_PROGRESS
    return write(session, ticket, Outcome(values, tuple(changes)), author=author, now=now)


def assign_ticket(
    session: Session,
    number: int,
    assignee: Author | None,
    *,
    author: Author,
    seen_revision: int | None,
    now: datetime,
) -> TicketState:
    """Give the ticket to another operator, or to nobody. Raises NotFound, Stale."""
    ticket = locked(session, number, seen_revision=seen_revision)
    wanted_id = assignee.id if assignee else None
    change = assignment_change(ticket.assignee_id, wanted_id, assignee.name if assignee else "")
    outcome = Outcome({"assignee_id": wanted_id}, (change,))
    return write(session, ticket, outcome, author=author, now=now)


def change_status(
    session: Session,
    number: int,
    wanted: TicketStatus,
    *,
    author: Author,
    seen_revision: int | None,
    now: datetime,
) -> TicketState:
    """Move the ticket to `wanted`; clocks pause, run on, end or begin again with it.

    Raises NotFound, Stale, and Refused where the life cycle has no such way.
    """
    ticket = locked(session, number, seen_revision=seen_revision)
    if not ticket.is_open and is_open(wanted):
        outcome = _reopened(session, ticket, now=now)
    elif wanted is TicketStatus.RESOLVED:
        outcome = _resolved(session, ticket, now=now)
    elif wanted is TicketStatus.CLOSED:
        change = status_change(ticket.status, wanted)
        outcome = Outcome({"status": wanted, "closed_at": now}, (change,))
    else:
        outcome = _moved(session, ticket, wanted, now=now)
    return write(session, ticket, outcome, author=author, now=now)


def resolve_ticket(
    session: Session, number: int, *, author: Author, seen_revision: int | None, now: datetime
) -> TicketState:
    """Say that a fix was given; the clocks end. Raises NotFound, Stale, Refused."""
    ticket = locked(session, number, seen_revision=seen_revision)
    outcome = _resolved(session, ticket, now=now)
    return write(session, ticket, outcome, author=author, now=now)


def change_priority(
    session: Session,
    number: int,
    wanted: NewPriority,
    *,
    author: Author,
    seen_revision: int | None,
    now: datetime,
) -> TicketState:
    """Give the ticket another priority; due times are counted anew from its opening.

    Raises NotFound, Stale, and Refused without a written reason.
    """
    ticket = locked(session, number, seen_revision=seen_revision)
    change = priority_change(ticket.priority, wanted)
    subject = replace(clock_subject(ticket), priority=wanted.priority)
    next_due = deadlines.change_priority(session, subject, now=now)
    values = {"priority": wanted.priority, "priority_reason": wanted.reason.strip()}
    outcome = Outcome(values, (change,), next_due)
    return write(session, ticket, outcome, author=author, now=now)


def promise_time(
    session: Session,
    number: int,
    until: datetime,
    *,
    author: Author,
    seen_revision: int | None,
    now: datetime,
) -> TicketState:
    """Give the requester an instant, which becomes a deadline of its own and never moves.

    Raises NotFound, Stale, and Refused for an instant that has passed.
    """
    if until <= now:
        raise Refused("Promise a time that is still to come.")
    ticket = locked(session, number, seen_revision=seen_revision)
    next_due = deadlines.promise(session, ticket.id, until=until, now=now)
    change = Change(EventKind.PROMISED, after={"until": until.isoformat()})
    return write(session, ticket, Outcome({}, (change,), next_due), author=author, now=now)


def _resolved(session: Session, ticket: TicketState, *, now: datetime) -> Outcome:
    change = status_change(ticket.status, TicketStatus.RESOLVED)
    next_due = deadlines.end_clocks(session, ticket.id, now=now)
    return Outcome({"status": TicketStatus.RESOLVED, "resolved_at": now}, (change,), next_due)


def _reopened(session: Session, ticket: TicketState, *, now: datetime) -> Outcome:
    change = reopening_change(ticket.status)
    next_due = deadlines.restart_clocks(session, clock_subject(ticket), now=now)
    values = {
        "status": TicketStatus.IN_PROGRESS,
        "reopened_count": ticket.reopened_count + 1,
        "resolved_at": None,
        "closed_at": None,
    }
    return Outcome(values, (change,), next_due)


def _moved(
    session: Session, ticket: TicketState, wanted: TicketStatus, *, now: datetime
) -> Outcome:
    change = status_change(ticket.status, wanted)
    return Outcome({"status": wanted}, (change,), _clocks_follow(session, ticket, wanted, now=now))


def _clocks_follow(
    session: Session, ticket: TicketState, wanted: TicketStatus, *, now: datetime
) -> NextDue | None:
    """Pause or run on as the new status asks; None where it asks for nothing."""
    reason = _PAUSES.get(wanted)
    if reason is not None:
        return deadlines.pause_clocks(session, ticket.id, reason=reason, now=now)
    if ticket.status in _PAUSES:
        return deadlines.resume_clocks(session, ticket.id, now=now)
    return None
