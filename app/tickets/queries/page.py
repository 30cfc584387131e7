"""A ticket's page in five statements, whatever its length."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import and_, case, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

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
# [[name, email], …] of a ticket, fetched with its head: most have none.
_PARTICIPANTS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(Participant.name, Participant.email), Participant.id
            )
        )
    )
    .where(Participant.tenant_id == Ticket.tenant_id, Participant.ticket_id == Ticket.id)
    .correlate(Ticket)
    .scalar_subquery()
)


def ticket_page(session: Session, number: int) -> TicketPage:
    """Everything a ticket's page shows but its clocks. Raises NotFound."""
    head, participants = _head(session, number)
    files = _files(session, head.id)
    entries = tuple(
        EntryShown(**row, files=files.get(row["id"], ())) for row in _entries(session, head.id)
    )
    return TicketPage(
        head=head,
        timeline=merge_timeline(entries, _events(session, head.id)),
        links=_links(session, head.id),
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


def _head(session: Session, number: int) -> tuple[TicketHead, tuple[Person, ...]]:
    row = session.execute(
        select(*_columns(TicketHead, Ticket, **_NAMES_ELSEWHERE), _PARTICIPANTS)
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
    return TicketHead(*row[:-1]), tuple(Person(*each) for each in row[-1] or ())


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


def _files(session: Session, ticket_id: int) -> dict[int, tuple[FileShown, ...]]:
    rows = session.execute(
        select(*_columns(FileShown, Attachment))
        .where(Attachment.tenant_id == acting_tenant(session), Attachment.ticket_id == ticket_id)
        .order_by(Attachment.id)
    )
    by_entry: dict[int, list[FileShown]] = defaultdict(list)
    for row in rows:
        by_entry[row.entry_id].append(FileShown(*row))
    return {entry_id: tuple(files) for entry_id, files in by_entry.items()}


def _links(session: Session, ticket_id: int) -> tuple[LinkShown, ...]:
    other = aliased(Ticket)
    is_outgoing = TicketLink.from_id == ticket_id
    other_id = case((is_outgoing, TicketLink.to_id), else_=TicketLink.from_id)
    rows = session.execute(
        select(TicketLink.kind, other.prefix, other.number, other.subject, is_outgoing)
        .join(other, and_(other.tenant_id == TicketLink.tenant_id, other.id == other_id))
        .where(
            TicketLink.tenant_id == acting_tenant(session),
            or_(TicketLink.from_id == ticket_id, TicketLink.to_id == ticket_id),
        )
        .order_by(TicketLink.id)
    )
    return tuple(LinkShown(*row) for row in rows)


def _columns(value: type, rows: type, **elsewhere: Any) -> list[Any]:
    """The columns of `rows` for the fields of `value`, in its order; left out where it has none."""
    named = {
        each.name: elsewhere.get(each.name, getattr(rows, each.name, None))
        for each in fields(value)
    }
    return [column.label(name) for name, column in named.items() if column is not None]
