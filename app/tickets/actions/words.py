"""Words are added to a ticket: by the requester, by a person who answers, or as a note."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.deadlines import actions as deadlines
from app.deadlines.next_due import NextDue
from app.tickets.actions.opening import clock_subject
from app.tickets.actions.writing import Outcome, Written, add_entry, locked, write
from app.tickets.changes import (
    Author,
    NewEntry,
    NewFile,
    checked_text,
    reopening_change,
    status_change,
)
from app.tickets.kinds import AuthorKind, Channel, EntryKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.state import TicketState

_ANSWERED_BY_WRITING = frozenset(
    {TicketStatus.WAITING_FOR_REQUESTER, TicketStatus.WAITING_FOR_CONFIRMATION}
)


def append_requester_entry(
    session: Session, number: int, entry: NewEntry, *, now: datetime
) -> Written:
    """Add the requester's words to an open ticket: what waited for them goes on, clocks run."""
    ticket = locked(session, number, seen_revision=None)
    entry_id = add_entry(session, ticket, entry, revision=ticket.revision + 1, now=now)
    next_due = deadlines.requester_wrote(session, ticket.id, now=now)
    outcome = Outcome(next_due=next_due)
    if ticket.status in _ANSWERED_BY_WRITING:
        change = status_change(ticket.status, TicketStatus.IN_PROGRESS)
        next_due = deadlines.resume_clocks(session, ticket.id, now=now)
        outcome = Outcome({"status": TicketStatus.IN_PROGRESS}, (change,), next_due)
    return Written(write(session, ticket, outcome, author=entry.author, now=now), entry_id)


def append_entry_only(session: Session, number: int, entry: NewEntry, *, now: datetime) -> Written:
    """Keep words that change nothing: thanks, automatic mail, a bounce, too many reopenings."""
    ticket = locked(session, number, seen_revision=None)
    entry_id = add_entry(session, ticket, entry, revision=ticket.revision + 1, now=now)
    return Written(write(session, ticket, Outcome(), author=entry.author, now=now), entry_id)


def keep_automatic_answer(
    session: Session, ticket: TicketState, text: str, *, author_name: str, now: datetime
) -> int:
    """The id of an entry with our own automatic words to the requester; they answer nothing.

    Part of the change that caused them: no revision and no signal of its own.
    """
    entry = NewEntry(
        text=text,
        author=Author(AuthorKind.SYSTEM, None, author_name),
        channel=Channel.MAIL,
        kind=EntryKind.AUTOMATIC,
    )
    return add_entry(session, ticket, entry, revision=ticket.revision, now=now)


def reopen_ticket(session: Session, number: int, entry: NewEntry, *, now: datetime) -> Written:
    """Add the requester's words to a resolved ticket and begin again: a new resolution clock."""
    ticket = locked(session, number, seen_revision=None)
    change = reopening_change(ticket.status)
    entry_id = add_entry(session, ticket, entry, revision=ticket.revision + 1, now=now)
    deadlines.restart_clocks(session, clock_subject(ticket), now=now)
    next_due = deadlines.requester_wrote(session, ticket.id, now=now)
    values = {
        "status": TicketStatus.IN_PROGRESS,
        "reopened_count": ticket.reopened_count + 1,
        "resolved_at": None,
        "closed_at": None,
    }
    outcome = Outcome(values, (change,), next_due)
    return Written(write(session, ticket, outcome, author=entry.author, now=now), entry_id)


def reply_to_requester(
    session: Session,
    number: int,
    entry: NewEntry,
    *,
    seen_revision: int | None,
    now: datetime,
) -> Written:
    """Add a person's public answer; it meets the first response and the next update.

    Raises NotFound, Stale, and Refused for an empty text.
    """
    checked_text(entry.text)
    ticket = locked(session, number, seen_revision=seen_revision)
    entry_id = add_entry(session, ticket, entry, revision=ticket.revision + 1, now=now)
    next_due = deadlines.person_answered(session, ticket.id, now=now)
    outcome = _answered(ticket, next_due, now=now)
    return Written(write(session, ticket, outcome, author=entry.author, now=now), entry_id)


def add_note(
    session: Session,
    number: int,
    text: str,
    *,
    author: Author,
    files: tuple[NewFile, ...] = (),
    now: datetime,
) -> Written:
    """Add words for the desk and the partner only. Raises NotFound, and Refused when empty.

    A note sends nothing, so it may be written without having seen the newest state.
    """
    ticket = locked(session, number, seen_revision=None)
    note = NewEntry(
        text=checked_text(text),
        author=author,
        channel=Channel.DESK,
        kind=EntryKind.NOTE,
        is_public=False,
        files=files,
    )
    entry_id = add_entry(session, ticket, note, revision=ticket.revision + 1, now=now)
    return Written(write(session, ticket, Outcome(), author=author, now=now), entry_id)


def _answered(ticket: TicketState, next_due: NextDue, *, now: datetime) -> Outcome:
    """A first answer is remembered, and shows that somebody is at work."""
    values = {} if ticket.first_answered_at else {"first_answered_at": now}
    if ticket.status is not TicketStatus.NEW:
        return Outcome(values, (), next_due)
    change = status_change(ticket.status, TicketStatus.IN_PROGRESS)
    return Outcome({**values, "status": TicketStatus.IN_PROGRESS}, (change,), next_due)
