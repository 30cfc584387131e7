"""Messages are written, claimed before they leave, and their outcome recorded afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.gateways.queue import Queue, defer
from app.outbox.channels import OutboundStatus
from app.outbox.letter import Letter
from app.outbox.models import OutboundMessage
from app.outbox.retry import LEASE, UNKNOWN_OUTCOMES_MOST, Verdict, after_failure, after_unknown
from tenants.database import acting_tenant
from tenants.errors import NotFound

ERROR_LENGTH = 500
DELIVER = "deliver_outbox"
_MESSAGES: Table = OutboundMessage.__table__  # type: ignore[assignment]
_ADD = (
    insert(_MESSAGES)
    .on_conflict_do_nothing(index_elements=["tenant_id", "idempotency_key"])
    .returning(_MESSAGES.c.id)
)
NOBODY_KNOWS = "the relay never said whether it took the message; it left twice at most"


def write_letter(session: Session, letter: Letter, *, now: datetime) -> int | None:
    """The id of the new outbound message, sent once this transaction commits.

    None where the same fact (`idempotency_key`) has written it already.
    """
    tenant_id = acting_tenant(session)
    message_id: int | None = session.execute(
        _ADD, _row(letter, tenant_id, now)
    ).scalar_one_or_none()
    if message_id is not None:
        defer(session, DELIVER, queue=Queue.MAIL, tenant_id=tenant_id, message_id=message_id)
    return message_id


def claim_message(session: Session, message_id: int, *, now: datetime) -> OutboundMessage | None:
    """The message, ours to send; None where another has it, or it needs no sending.

    One left over as "sending" by a crash is claimed again once its lease is over, and only as
    often as a second copy with the same Message-ID may leave.
    """
    waiting = and_(
        OutboundMessage.status == OutboundStatus.PENDING, OutboundMessage.next_attempt_at <= now
    )
    may_leave_again = OutboundMessage.unknown_outcomes < UNKNOWN_OUTCOMES_MOST - 1
    return session.scalar(
        update(OutboundMessage)
        .where(
            OutboundMessage.tenant_id == acting_tenant(session),
            OutboundMessage.id == message_id,
            or_(waiting, and_(_left_over(now), may_leave_again)),
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


def give_up_left_over(
    session: Session, message_id: int, *, now: datetime
) -> OutboundMessage | None:
    """The message, given up, where crashes left it half sent as often as they may; else None.

    Nobody knows whether it arrived, and a third copy must not leave.
    """
    return session.scalar(
        update(OutboundMessage)
        .where(
            OutboundMessage.tenant_id == acting_tenant(session),
            OutboundMessage.id == message_id,
            _left_over(now),
            OutboundMessage.unknown_outcomes >= UNKNOWN_OUTCOMES_MOST - 1,
        )
        .values(status=OutboundStatus.UNDELIVERABLE, last_error=NOBODY_KNOWS)
        .returning(OutboundMessage)
    )


def record_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """The gateway took the message."""
    _set(session, message_id, status=OutboundStatus.SENT, sent_at=now, last_error=None)


def record_failure(
    session: Session, message: OutboundMessage, *, error: str, is_permanent: bool, now: datetime
) -> datetime | None:
    """When it is tried again, by a job of its own; None: it is undeliverable."""
    verdict = after_failure(
        attempts=message.attempts,
        written_at=message.created_at,
        is_permanent=is_permanent,
        now=now,
    )
    _put_off(session, message, verdict, error=error)
    return verdict.again_at


def record_unknown(
    session: Session, message: OutboundMessage, *, error: str, now: datetime
) -> datetime | None:
    """When a message that may have left is sent once more; None: it must not be, a third time."""
    unknown = message.unknown_outcomes + 1
    verdict = after_unknown(unknown, attempts=message.attempts, now=now)
    _put_off(session, message, verdict, error=error, unknown_outcomes=unknown)
    return verdict.again_at


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
    ask_again(session, message_id)


def ask_again(session: Session, message_id: int, *, at: datetime | None = None) -> None:
    """Give a waiting message a job, where its own was lost; one is enough however often asked."""
    _defer(session, message_id, at=at, queueing_lock=f"{acting_tenant(session)}:{message_id}")


def _defer(
    session: Session, message_id: int, *, at: datetime | None, queueing_lock: str | None = None
) -> None:
    defer(
        session,
        DELIVER,
        queue=Queue.MAIL,
        schedule_at=at,
        queueing_lock=f"{DELIVER}:{queueing_lock}" if queueing_lock else None,
        tenant_id=acting_tenant(session),
        message_id=message_id,
    )


def _put_off(
    session: Session, message: OutboundMessage, verdict: Verdict, *, error: str, **values: Any
) -> None:
    values["last_error"] = error[:ERROR_LENGTH]
    if verdict.again_at is None:
        _set(session, message.id, status=OutboundStatus.UNDELIVERABLE, **values)
        return
    waiting = {"status": OutboundStatus.PENDING, "next_attempt_at": verdict.again_at}
    _set(session, message.id, **waiting, **values)
    _defer(session, message.id, at=verdict.again_at)


def _left_over(now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboundMessage.status == OutboundStatus.SENDING,
        OutboundMessage.claimed_at <= now - LEASE,
    )


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
