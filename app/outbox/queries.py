"""What is read of outgoing messages: one to send, what was sent before, and what still waits."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, literal_column, or_, select
from sqlalchemy.orm import Session

from app.outbox.channels import OutboundStatus
from app.outbox.letter import Enclosure
from app.outbox.models import OutboundMessage
from app.outbox.retry import LEASE
from tenants.brands.models import Brand
from tenants.database import acting_tenant
from tenants.errors import NotFound

PAGE_ROWS = 50
_MESSAGES, _BRANDS = OutboundMessage.__table__, Brand.__table__
# A literal, since a parameter would not match the partial index.
_WAITS: ColumnElement[bool] = literal_column("outbound_messages.status IN ('pending', 'sending')")

_AUTOMATIC = (
    select(_MESSAGES.c.created_at, _MESSAGES.c.subject)
    .where(
        _MESSAGES.c.tenant_id == bindparam("of_tenant"),
        _MESSAGES.c.recipient == bindparam("to"),
        literal_column("is_automatic"),
        _MESSAGES.c.created_at >= bindparam("since"),
    )
    .order_by(_MESSAGES.c.created_at.desc())
)
_NEXT = (
    select(_MESSAGES.c.id)
    .where(
        _WAITS,
        _MESSAGES.c.tenant_id == bindparam("of_tenant"),
        _MESSAGES.c.status == OutboundStatus.PENDING,
        _MESSAGES.c.next_attempt_at <= bindparam("at"),
    )
    .order_by(_MESSAGES.c.next_attempt_at, _MESSAGES.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class SentLetter:
    """An outgoing message as an answer to it finds it again."""

    id: int
    ticket_id: int | None
    entry_id: int | None
    recipient: str
    is_internal: bool
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message as the page of outgoing messages shows it. `brand_name`: "" for the provider's."""

    tenant_id: int
    id: int
    brand_name: str
    status: OutboundStatus
    purpose: str
    recipient: str
    subject: str
    created_at: datetime
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None
    last_error: str | None
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class WholeMessage:
    """A message with its words and files."""

    row: OutboxRow
    sender: str
    sender_name: str
    text: str
    html: str | None
    message_ref: str
    enclosures: tuple[Enclosure, ...]


def automatic_answers(
    session: Session, recipient: str, since: datetime
) -> list[tuple[datetime, str]]:
    """When and under which subject a machine of ours wrote to `recipient`, the newest first."""
    rows = session.execute(
        _AUTOMATIC,
        {"of_tenant": acting_tenant(session), "to": recipient.lower(), "since": since},
    )
    return [(row.created_at, row.subject) for row in rows]


def outbound_by_ref(session: Session, message_ref: str) -> SentLetter | None:
    """What we sent under a Message-ID (without brackets); its first copy of several."""
    row = session.execute(
        select(*_columns(SentLetter))
        .where(
            _MESSAGES.c.tenant_id == acting_tenant(session),
            _MESSAGES.c.message_ref == message_ref,
        )
        .order_by(_MESSAGES.c.id)
        .limit(1)
    ).one_or_none()
    return SentLetter(*row) if row else None


def last_letter_of_ticket(session: Session, ticket_id: int) -> SentLetter | None:
    """The newest message on a ticket's thread."""
    row = session.execute(
        select(*_columns(SentLetter))
        .where(_MESSAGES.c.tenant_id == acting_tenant(session), _MESSAGES.c.ticket_id == ticket_id)
        .order_by(_MESSAGES.c.id.desc())
        .limit(1)
    ).one_or_none()
    return SentLetter(*row) if row else None


def is_last_outgoing_internal(session: Session, ticket_id: int, *, recipient: str) -> bool:
    """Whether the newest message to `recipient` on a ticket, or else to anybody, was internal."""
    found = session.scalar(
        select(_MESSAGES.c.is_internal)
        .where(_MESSAGES.c.tenant_id == acting_tenant(session), _MESSAGES.c.ticket_id == ticket_id)
        .order_by((_MESSAGES.c.recipient == recipient).desc(), _MESSAGES.c.id.desc())
        .limit(1)
    )
    return bool(found)


def tickets_of_letters(session: Session, message_refs: tuple[str, ...]) -> dict[str, int]:
    """The ticket each of these Message-IDs (without brackets) of ours was about."""
    if not message_refs:
        return {}
    rows = session.execute(
        select(_MESSAGES.c.message_ref, _MESSAGES.c.ticket_id).where(
            _MESSAGES.c.tenant_id == acting_tenant(session),
            _MESSAGES.c.message_ref.in_(message_refs),
            _MESSAGES.c.ticket_id.is_not(None),
        )
    )
    return {row.message_ref: row.ticket_id for row in rows}


def outbox_page(
    session: Session, *, status: OutboundStatus | None = None, before_id: int | None = None
) -> list[OutboxRow]:
    """The newest messages, at most PAGE_ROWS. `session`: of a tenant or of `desk_reading`.

    `status`: only those. `before_id`: the last id of the page before.
    """
    page = _rows()
    if "tenant_id" in session.info:
        page = page.where(_MESSAGES.c.tenant_id == acting_tenant(session))
    if status is not None:
        page = page.where(_MESSAGES.c.status == status)
    if before_id is not None:
        page = page.where(_MESSAGES.c.id < before_id)
    rows = session.execute(page.order_by(_MESSAGES.c.id.desc()).limit(PAGE_ROWS))
    return [_row(row) for row in rows]


def outbound_message(session: Session, message_id: int) -> WholeMessage:
    """One message with its words. Raises NotFound. `session`: as for `outbox_page`."""
    also = ("sender", "sender_name", "text", "html", "message_ref", "attachments")
    message = _rows().add_columns(*(_MESSAGES.c[name] for name in also))
    row = session.execute(message.where(_MESSAGES.c.id == message_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such message.")
    return WholeMessage(
        row=_row(row),
        sender=row.sender,
        sender_name=row.sender_name,
        text=row.text,
        html=row.html,
        message_ref=row.message_ref,
        enclosures=tuple(Enclosure(**each) for each in row.attachments),
    )


def overdue_messages(session: Session, *, before: datetime, limit: int) -> list[tuple[int, int]]:
    """Tenant and id of messages that should have been tried by `before`, or were left half sent.

    `session`: of `Database.across_tenants`, for the job that looks after them again.
    """
    left_over = and_(
        _MESSAGES.c.status == OutboundStatus.SENDING, _MESSAGES.c.claimed_at < before - LEASE
    )
    waiting = _MESSAGES.c.status == OutboundStatus.PENDING
    rows = session.execute(
        select(_MESSAGES.c.tenant_id, _MESSAGES.c.id)
        .where(_WAITS, _MESSAGES.c.next_attempt_at < before, or_(waiting, left_over))
        .order_by(_MESSAGES.c.next_attempt_at)
        .limit(limit)
    )
    return [(row.tenant_id, row.id) for row in rows]


def next_waiting(session: Session, *, now: datetime) -> int | None:
    """The message of this tenant that has waited longest for its turn."""
    return session.scalar(_NEXT, {"of_tenant": acting_tenant(session), "at": now})


def is_waiting(session: Session, message_id: int) -> bool:
    """Whether a message has still to be sent, or was left half sent by a crash."""
    status = select(_MESSAGES.c.status).where(
        _MESSAGES.c.tenant_id == acting_tenant(session), _MESSAGES.c.id == message_id
    )
    return session.scalar(status) in {OutboundStatus.PENDING, OutboundStatus.SENDING}


def leaving(session: Session, *, now: datetime) -> dict[int, datetime]:
    """The messages of this tenant that are being sent, and until when each is leased."""
    rows = session.execute(
        select(_MESSAGES.c.id, _MESSAGES.c.claimed_at).where(
            _WAITS,
            _MESSAGES.c.tenant_id == acting_tenant(session),
            _MESSAGES.c.status == OutboundStatus.SENDING,
            _MESSAGES.c.claimed_at > now - LEASE,
        )
    )
    return {row.id: row.claimed_at + LEASE for row in rows}


def _rows() -> Select[Any]:
    named = _columns(OutboxRow, brand_name=_BRANDS.c.name.label("brand_name"))
    own_brand = and_(
        _BRANDS.c.tenant_id == _MESSAGES.c.tenant_id, _BRANDS.c.id == _MESSAGES.c.brand_id
    )
    return select(*named).select_from(_MESSAGES.outerjoin(_BRANDS, own_brand))


def _row(row: Row[Any]) -> OutboxRow:
    values = {each.name: getattr(row, each.name) for each in fields(OutboxRow)}
    return OutboxRow(**{**values, "brand_name": row.brand_name or ""})


def _columns(value: type, **elsewhere: Any) -> list[Any]:
    """The columns for the fields of `value`, in its order."""
    return [elsewhere.get(each.name, _MESSAGES.c.get(each.name)) for each in fields(value)]
