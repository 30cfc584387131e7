"""Messages are written, claimed before they leave, and their outcome recorded afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.gateways.queue import defer
from app.outbox.channels import OutboundStatus
from app.outbox.letter import Letter
from app.outbox.models import OutboundMessage
from app.outbox.retry import LEASE, UNKNOWN_OUTCOMES_MOST, after_failure
from tenants.database import acting_tenant
from tenants.errors import NotFound

ERROR_LENGTH = 500
DELIVER = "deliver_outbox"
QUEUE = "mail"


def write_letter(session: Session, letter: Letter, *, now: datetime) -> int | None:
    """The id of the new outbound message, sent once this transaction commits.

    None where the same fact (`idempotency_key`) has written it already.
    """
    tenant_id = acting_tenant(session)
    message_id = session.execute(
        insert(OutboundMessage)
        .values(_row(letter, tenant_id, now))
        .on_conflict_do_nothing(index_elements=["tenant_id", "idempotency_key"])
        .returning(OutboundMessage.id)
    ).scalar_one_or_none()
    if message_id is not None:
        defer(session, DELIVER, queue=QUEUE, tenant_id=tenant_id, message_id=message_id)
    return message_id


def claim_message(session: Session, message_id: int, *, now: datetime) -> OutboundMessage | None:
    """The message, ours to send; None where another has it, or it needs no sending.

    One left over as "sending" by a crash is claimed again once its lease is over, and only as
    often as a second copy with the same Message-ID may leave.
    """
    waiting = and_(
        OutboundMessage.status == OutboundStatus.PENDING, OutboundMessage.next_attempt_at <= now
    )
    left_over = and_(
        OutboundMessage.status == OutboundStatus.SENDING,
        OutboundMessage.claimed_at <= now - LEASE,
        OutboundMessage.unknown_outcomes < UNKNOWN_OUTCOMES_MOST - 1,
    )
    return session.scalar(
        update(OutboundMessage)
        .where(
            OutboundMessage.tenant_id == acting_tenant(session),
            OutboundMessage.id == message_id,
            or_(waiting, left_over),
        )
        .values(
            status=OutboundStatus.SENDING,
            claimed_at=now,
            attempts=OutboundMessage.attempts + 1,
            unknown_outcomes=OutboundMessage.unknown_outcomes
            + case((OutboundMessage.status == OutboundStatus.SENDING, 1), else_=0),
        )
        .returning(OutboundMessage)
    )


def record_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """The gateway took the message."""
    _set(session, message_id, status=OutboundStatus.SENT, sent_at=now, last_error=None)


def record_failure(
    session: Session, message: OutboundMessage, *, error: str, is_permanent: bool, now: datetime
) -> bool:
    """Whether it is tried again: then later, by a job of its own; else it is undeliverable."""
    verdict = after_failure(
        attempts=message.attempts,
        written_at=message.created_at,
        is_permanent=is_permanent,
        now=now,
    )
    shown = error[:ERROR_LENGTH]
    if verdict.again_at is None:
        _set(session, message.id, status=OutboundStatus.UNDELIVERABLE, last_error=shown)
        return False
    _set(
        session,
        message.id,
        status=OutboundStatus.PENDING,
        next_attempt_at=verdict.again_at,
        last_error=shown,
    )
    _defer(session, message.id, at=verdict.again_at)
    return True


def send_again(session: Session, message_id: int, *, now: datetime) -> None:
    """A person asks for one more try of a message that waits or was given up. Raises NotFound."""
    asked = session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.tenant_id == acting_tenant(session),
            OutboundMessage.id == message_id,
            OutboundMessage.status.in_([OutboundStatus.PENDING, OutboundStatus.UNDELIVERABLE]),
        )
        .values(status=OutboundStatus.PENDING, next_attempt_at=now)
        .returning(OutboundMessage.id)
    ).one_or_none()
    if asked is None:
        raise NotFound("There is no such message that could be sent again.")
    _defer(session, message_id, at=None)


def ask_again(session: Session, message_id: int) -> None:
    """Give a waiting message a job, where its own was lost."""
    _defer(session, message_id, at=None)


def _defer(session: Session, message_id: int, *, at: datetime | None) -> None:
    tenant_id = acting_tenant(session)
    defer(session, DELIVER, queue=QUEUE, schedule_at=at, tenant_id=tenant_id, message_id=message_id)


def _set(session: Session, message_id: int, **values: Any) -> None:
    session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.tenant_id == acting_tenant(session), OutboundMessage.id == message_id
        )
        .values(**values)
    )


def _row(letter: Letter, tenant_id: int, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "channel": letter.channel,
        "status": OutboundStatus.PENDING,
        "purpose": letter.purpose,
        "is_automatic": letter.is_automatic,
        "is_internal": letter.is_internal,
        "idempotency_key": letter.idempotency_key,
        "ticket_id": letter.ticket_id,
        "entry_id": letter.entry_id,
        "brand_id": letter.brand_id,
        # In one spelling, so that nobody is written to more often under another.
        "recipient": letter.recipient.lower() if letter.is_automatic else letter.recipient,
        "recipient_name": letter.recipient_name,
        "sender": letter.sender,
        "sender_name": letter.sender_name,
        "reply_to": letter.reply_to,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "headers": dict(letter.headers),
        "attachments": [
            {"name": each.name, "type": each.type, "blob_key": each.blob_key}
            for each in letter.enclosures
        ],
        "message_ref": letter.message_ref,
        "created_at": now,
        "attempts": 0,
        "unknown_outcomes": 0,
        "next_attempt_at": now,
    }
