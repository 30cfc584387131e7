"""A mail that belongs to a ticket → an entry on it, and what that entry sets going."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.mail_gathering import Gathered
from app.flows.mail_opening import entry_of
from app.inbox.mail import BouncedRecipient
from app.inbox.matching import Decision, MailAction, Sender
from app.tickets import actions, queries
from app.tickets.actions import Written
from app.tickets.changes import Author, Change, NewEntry, NewFile
from app.tickets.kinds import AuthorKind, EntryKind, EventKind
from app.tickets.state import TicketState
from tenants.clients.actions import mark_address
from tenants.clients.address_state import AddressState
from tenants.clients.queries import requester

_STAFF = {Sender.OPERATOR: AuthorKind.OPERATOR, Sender.ENGINEER: AuthorKind.ENGINEER}


def append_mail(
    session: Session,
    known: Gathered,
    decision: Decision,
    *,
    files: tuple[NewFile, ...],
    now: datetime,
) -> Written:
    """Add the mail to its ticket as the decision says."""
    assert known.ticket is not None  # noqa: S101 - a decision that names a ticket has found it
    number = known.ticket.number
    shown = files if decision.shows_attachments else ()
    entry = _entry(known, decision, files=shown)
    if decision.action is MailAction.BOUNCE:
        return _append_bounce(session, known, known.ticket, entry, now=now)
    if decision.reopens:
        return actions.reopen_ticket(session, number, entry, now=now)
    if decision.changes_state and entry.author.kind is AuthorKind.REQUESTER:
        return actions.append_requester_entry(session, number, entry, now=now)
    return actions.append_entry_only(session, number, entry, now=now)


def _entry(known: Gathered, decision: Decision, *, files: tuple[NewFile, ...]) -> NewEntry:
    """The mail in its author's name; what our own people write by mail stays inside.

    Their address is only a claim, and an answer to the requester is sent from the desk.
    """
    candidate = known.facts.candidate
    staff = _STAFF.get(candidate.sender) if candidate else None
    asker = known.writer.known.requester
    author = Author(
        staff or AuthorKind.REQUESTER,
        asker.id if asker and staff is None else None,
        known.writer.name or (asker.name if asker else "") or known.writer.email,
    )
    is_automatic = known.facts.is_automatic or decision.action is MailAction.BOUNCE
    return replace(
        entry_of(known, author, files=files),
        kind=EntryKind.AUTOMATIC if is_automatic else EntryKind.MESSAGE,
        is_public=not decision.is_internal and staff is None,
    )


def _append_bounce(
    session: Session,
    known: Gathered,
    ticket: TicketState,
    entry: NewEntry,
    *,
    now: datetime,
) -> Written:
    """Attach the report, and mark the addresses of this conversation that it names."""
    system = Author(AuthorKind.SYSTEM, None, entry.author.name)
    written = actions.append_entry_only(
        session, ticket.number, replace(entry, author=system), now=now
    )
    for failed in _failed_here(session, known, ticket):
        state = AddressState.FAILING if failed.hard else AddressState.NOTED
        mark_address(session, failed.address, state)
        after = {"address": failed.address, "status": failed.status, "permanent": failed.hard}
        change = Change(EventKind.DELIVERY_FAILED, after=after)
        actions.record_event(session, ticket.number, change, now=now)
    return written


def _failed_here(session: Session, known: Gathered, ticket: TicketState) -> list[BouncedRecipient]:
    """The recipients of the report that we do write to on this ticket: it may name anybody."""
    if known.mail.bounce is None:
        return []
    people = {person.email for person in queries.participants(session, ticket.id)}
    people.add(requester(session, ticket.requester_id).email)
    return [failed for failed in known.mail.bounce.recipients if failed.address.lower() in people]
