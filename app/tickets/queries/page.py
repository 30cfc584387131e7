"""A ticket's page in three statements, whatever its length: head, entries, events.

What most tickets have none of comes with the head.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import and_, case, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from app.tickets.kinds import LinkKind
from app.tickets.models import Attachment, Entry, Participant, Ticket, TicketEvent, TicketLink
from app.tickets.page import (
    EntryShown,
    EventShown,
    FileShown,
    LinkShown,
    Person,
    TicketHead,
    TicketPage,
    merge_timeline,
)
from tenants.brands.models import Brand
from tenants.clients.models import Client, Requester
from tenants.database import acting_tenant
from tenants.errors import NotFound

_NAMES_ELSEWHERE: dict[str, Any] = {
    "brand_name": Brand.name,
    "requester_name": Requester.name,
    "requester_email": Requester.email,
    "requester_telephone": Requester.telephone,
    "address_state": Requester.address_state,
    "client_name": Client.name,
    "is_vip": func.coalesce(Client.is_vip, literal_column("false")),
}
_OTHER = aliased(Ticket)
_IS_OUTGOING = TicketLink.from_id == Ticket.id


def _gathered(order: Any, *columns: Any) -> Any:
    """A list of rows as one value of the ticket's row: [[…], …], None for no row."""
    return func.json_agg(aggregate_order_by(func.json_build_array(*columns), order))


_PARTICIPANTS = (
    select(_gathered(Participant.id, Participant.name, Participant.email))
    .where(Participant.tenant_id == Ticket.tenant_id, Participant.ticket_id == Ticket.id)
    .correlate(Ticket)
    .scalar_subquery()
)
_FILES = (
    select(
        _gathered(Attachment.id, *(getattr(Attachment, each.name) for each in fields(FileShown)))
    )
    .where(Attachment.tenant_id == Ticket.tenant_id, Attachment.ticket_id == Ticket.id)
    .correlate(Ticket)
    .scalar_subquery()
)
_LINKS = (
    select(
        _gathered(
            TicketLink.id,
            TicketLink.kind,
            _OTHER.prefix,
            _OTHER.number,
            _OTHER.subject,
            _IS_OUTGOING,
        )
    )
    .join(
        _OTHER,
        and_(
            _OTHER.tenant_id == TicketLink.tenant_id,
            _OTHER.id == case((_IS_OUTGOING, TicketLink.to_id), else_=TicketLink.from_id),
        ),
    )
    .where(
        TicketLink.tenant_id == Ticket.tenant_id,
        or_(TicketLink.from_id == Ticket.id, TicketLink.to_id == Ticket.id),
    )
    .correlate(Ticket)
    .scalar_subquery()
)


def ticket_page(session: Session, number: int) -> TicketPage:
    """Everything a ticket's page shows but its clocks. Raises NotFound."""
    head, participants, files, links = _head(session, number)
    entries = tuple(
        EntryShown(**row, files=files.get(row["id"], ())) for row in _entries(session, head.id)
    )
    return TicketPage(
        head=head,
        timeline=merge_timeline(entries, _events(session, head.id)),
        links=links,
        participants=participants,
    )


def attachment(session: Session, attachment_id: int) -> tuple[FileShown, str]:
    """A file and the key of its bytes in the blob store. Raises NotFound."""
    row = session.execute(
        select(*_columns(FileShown, Attachment), Attachment.blob_key).where(
            Attachment.tenant_id == acting_tenant(session), Attachment.id == attachment_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such file.")
    return FileShown(*row[:-1]), row.blob_key


def _head(
    session: Session, number: int
) -> tuple[TicketHead, tuple[Person, ...], dict[int, tuple[FileShown, ...]], tuple[LinkShown, ...]]:
    """The ticket with its participants, its files by entry and its links."""
    row = session.execute(
        select(*_columns(TicketHead, Ticket, **_NAMES_ELSEWHERE), _PARTICIPANTS, _FILES, _LINKS)
        .join(Brand, and_(Brand.tenant_id == Ticket.tenant_id, Brand.id == Ticket.brand_id))
        .join(
            Requester,
            and_(Requester.tenant_id == Ticket.tenant_id, Requester.id == Ticket.requester_id),
        )
        .outerjoin(
            Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id)
        )
        .where(Ticket.tenant_id == acting_tenant(session), Ticket.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such ticket.")
    *head, participants, files, links = row
    return (
        TicketHead(*head),
        tuple(Person(*each) for each in participants or ()),
        _by_entry(FileShown(*each) for each in files or ()),
        tuple(LinkShown(LinkKind(kind), *rest) for kind, *rest in links or ()),
    )


def _by_entry(files: Iterable[FileShown]) -> dict[int, tuple[FileShown, ...]]:
    found: dict[int, tuple[FileShown, ...]] = defaultdict(tuple)
    for file in files:
        found[file.entry_id] = (*found[file.entry_id], file)
    return found


def _entries(session: Session, ticket_id: int) -> list[Mapping[str, Any]]:
    rows = session.execute(
        select(*_columns(EntryShown, Entry, at=Entry.created_at))
        .where(Entry.tenant_id == acting_tenant(session), Entry.ticket_id == ticket_id)
        .order_by(Entry.id)
    )
    return [dict(row) for row in rows.mappings()]


def _events(session: Session, ticket_id: int) -> tuple[EventShown, ...]:
    rows = session.execute(
        select(*_columns(EventShown, TicketEvent))
        .where(TicketEvent.tenant_id == acting_tenant(session), TicketEvent.ticket_id == ticket_id)
        .order_by(TicketEvent.id)
    )
    return tuple(EventShown(*row) for row in rows)


def _columns(value: type, rows: type, **elsewhere: Any) -> list[Any]:
    """The columns of `rows` for the fields of `value`, in its order; left out where it has none."""
    named = {
        each.name: elsewhere.get(each.name, getattr(rows, each.name, None))
        for each in fields(value)
    }
    return [column.label(name) for name, column in named.items() if column is not None]
