"""How every change of a ticket is written: entry, history, row and signal, each once.

Apart from the actions themselves, which say only what changes.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from app.deadlines.next_due import NextDue
from app.tickets import queries
from app.tickets.changes import Author, Change, NewEntry, NewFile, fitting_text
from app.tickets.models import Attachment, Entry, Ticket, TicketEvent
from app.tickets.stale import Stale, is_stale
from app.tickets.state import TicketState
from tenants.database import announce

_TICKETS: Table = Ticket.__table__  # type: ignore[assignment]
_ENTRIES: Table = Entry.__table__  # type: ignore[assignment]
_FILES: Table = Attachment.__table__  # type: ignore[assignment]
_EVENTS: Table = TicketEvent.__table__  # type: ignore[assignment]

# Built once and given their values as parameters: building a statement costs more than running it.
_SET = update(_TICKETS).where(
    _TICKETS.c.tenant_id == bindparam("of_tenant"), _TICKETS.c.id == bindparam("of_id")
)
_ADD_ENTRY = insert(_ENTRIES).returning(_ENTRIES.c.id)
_ADD_FILE = insert(_FILES)
_ADD_EVENT = insert(_EVENTS)


@dataclass(frozen=True, slots=True)
class Written:
    """What an action leaves behind. `entry_id`: None where no words were added.

    `promised_at`: by when a new ticket is to be solved; None where nothing is promised.
    """

    ticket: TicketState
    entry_id: int | None = None
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What changes on a ticket. `values`: columns; `next_due`: None leaves the clocks as shown."""

    values: dict[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    next_due: NextDue | None = None


def locked(session: Session, number: int, *, seen_revision: int | None) -> TicketState:
    """The ticket, locked for its writer.

    Raises NotFound, and Stale with what is new where the writer saw an older revision.
    """
    ticket = queries.ticket_for_change(session, number)
    if seen_revision is not None and is_stale(ticket.revision, seen_revision):
        raise Stale(ticket.revision, queries.news_since(session, ticket.id, seen_revision))
    return ticket


def write(
    session: Session, ticket: TicketState, outcome: Outcome, *, author: Author, now: datetime
) -> TicketState:
    """Raise the revision, write `outcome` and its history, and tell the pages that look at it."""
    revision = ticket.revision + 1
    values = {"revision": revision, "updated_at": now, **outcome.values}
    place = {"of_tenant": ticket.tenant_id, "of_id": ticket.id}
    session.execute(_SET, {**place, **values, **due_columns(outcome.next_due)})
    add_events(session, replace(ticket, revision=revision), outcome.changes, author=author, now=now)
    shown = {name: value for name, value in outcome.values.items() if name in _STATE_FIELDS}
    written = replace(ticket, revision=revision, **shown)
    tell(session, written)
    return written


def add_entry(
    session: Session, ticket: TicketState, entry: NewEntry, *, revision: int, now: datetime
) -> int:
    """The id of a new entry with its files."""
    values = {
        "tenant_id": ticket.tenant_id,
        "ticket_id": ticket.id,
        "kind": entry.kind,
        "channel": entry.channel,
        "author_kind": entry.author.kind,
        "author_id": entry.author.id,
        "author_name": entry.author.name,
        "is_public": entry.is_public,
        "text": fitting_text(entry.text),
        "quoted_text": fitting_text(entry.quoted_text),
        "has_html": entry.html is not None,
        "html": entry.html,
        "trim_confidence": entry.trim_confidence,
        "raw_mail_id": entry.raw_mail_id,
        "language": entry.language,
        "revision": revision,
        "created_at": now,
    }
    entry_id = int(session.execute(_ADD_ENTRY, values).scalar_one())
    _add_files(session, ticket, entry_id, entry.files, now=now)
    return entry_id


def add_events(
    session: Session,
    ticket: TicketState,
    changes: Sequence[Change],
    *,
    author: Author,
    now: datetime,
) -> None:
    """Write the history of `changes`, under the ticket's revision."""
    if not changes:
        return
    common = {
        "tenant_id": ticket.tenant_id,
        "ticket_id": ticket.id,
        "at": now,
        "author_kind": author.kind,
        "author_id": author.id,
        "author_name": author.name,
        "revision": ticket.revision,
    }
    rows = [
        {**common, "kind": change.kind, "before": change.before, "after": change.after}
        for change in changes
    ]
    session.execute(_ADD_EVENT, rows)


def due_columns(next_due: NextDue | None) -> dict[str, Any]:
    """What the queue shows of the clocks, as columns of the ticket."""
    if next_due is None:
        return {}
    return {
        "next_due_at": next_due.due_at,
        "next_due_kind": next_due.kind,
        "next_due_target_s": next_due.target_s,
        "paused_reason": next_due.paused_reason,
    }


def tell(session: Session, ticket: TicketState) -> None:
    """Signal, at commit, that the ticket's row and page changed."""
    announce(
        session,
        {
            "rows": [[ticket.tenant_id, ticket.id]],
            "ticket": ticket.ref,
            "rev": ticket.revision,
        },
    )


def _add_files(
    session: Session,
    ticket: TicketState,
    entry_id: int,
    files: tuple[NewFile, ...],
    *,
    now: datetime,
) -> None:
    if not files:
        return
    common = {
        "tenant_id": ticket.tenant_id,
        "ticket_id": ticket.id,
        "entry_id": entry_id,
        "created_at": now,
    }
    session.execute(_ADD_FILE, [{**common, **asdict(each)} for each in files])


_STATE_FIELDS = frozenset(TicketState.__dataclass_fields__)
