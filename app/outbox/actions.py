"""Messages are written, claimed before they leave, and their outcome recorded afterwards."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Integer,
    Row,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.gateways.queue import Queue, defer
from app.outbox.channels import OutboundStatus
from app.outbox.claimed import ClaimedMessage
from app.outbox.letter import Letter
from app.outbox.models import OutboundMessage
from app.outbox.retry import (
    LEASE,
    SLOW,
    UNKNOWN_OUTCOMES_MOST,
    Verdict,
    after_failure,
    after_unknown,
)
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

# Built once and given their values as parameters: building a statement costs more than running it.
_IT = and_(_MESSAGES.c.tenant_id == bindparam("of_tenant"), _MESSAGES.c.id == bindparam("of_id"))
_SET = update(_MESSAGES).where(_IT)
_AT = bindparam("at", type_=DateTime(timezone=True))
_LEASED_UNTIL = bindparam("leased_until", type_=DateTime(timezone=True))
_COLUMNS = [_MESSAGES.c[each.name] for each in fields(ClaimedMessage)]
_IS_WAITING = and_(_MESSAGES.c.status == OutboundStatus.PENDING, _MESSAGES.c.next_attempt_at <= _AT)
_IS_LEFT_OVER = and_(
    _MESSAGES.c.status == OutboundStatus.SENDING, _MESSAGES.c.claimed_at <= _LEASED_UNTIL
)
_MAY_LEAVE_AGAIN = _MESSAGES.c.unknown_outcomes < UNKNOWN_OUTCOMES_MOST - 1
_OTHER = _MESSAGES.alias("other")
_SLOW_ONES = (
    select(func.count())
    .where(
        _OTHER.c.tenant_id == bindparam("of_tenant"),
        literal_column("other.status IN ('pending', 'sending')"),  # matches the partial index
        _OTHER.c.status == OutboundStatus.SENDING,
        _OTHER.c.claimed_at > _LEASED_UNTIL,
        _OTHER.c.claimed_at <= bindparam("slow_since", type_=DateTime(timezone=True)),
    )
    .scalar_subquery()
)
_CLAIM = (
    update(_MESSAGES)
    .where(
        _IT,
        or_(_IS_WAITING, and_(_IS_LEFT_OVER, _MAY_LEAVE_AGAIN)),
        bindparam("slow_at_once", type_=Integer) > _SLOW_ONES,
    )
    .values(
        status=OutboundStatus.SENDING,
        claimed_at=_AT,
        attempts=_MESSAGES.c.attempts + 1,
        unknown_outcomes=_MESSAGES.c.unknown_outcomes
        + case((_MESSAGES.c.status == OutboundStatus.SENDING, 1), else_=0),
    )
    .returning(*_COLUMNS)
)
_PRESUME_LOST = (
    update(_MESSAGES)
    .where(_IT, _MESSAGES.c.status == OutboundStatus.SENDING, _MAY_LEAVE_AGAIN)
    .values(
        status=OutboundStatus.PENDING,
        unknown_outcomes=_MESSAGES.c.unknown_outcomes + 1,
        next_attempt_at=_AT,
    )
)
_GIVE_UP = (
    update(_MESSAGES)
    .where(_IT, _IS_LEFT_OVER, ~_MAY_LEAVE_AGAIN)
    .values(status=OutboundStatus.UNDELIVERABLE, last_error=NOBODY_KNOWS)
    .returning(*_COLUMNS)
)


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


def claim_message(
    session: Session, message_id: int, *, slow_at_once: int, now: datetime
) -> ClaimedMessage | None:
    """The message, ours to send; None where another has it, or it needs no sending.

    One left over as "sending" by a crash is claimed again once its lease is over, and only as
    often as a second copy with the same Message-ID may leave. `slow_at_once`: None also where the
    relay is slow with so many of the tenant's messages.
    """
    slow = {"slow_since": now - SLOW, "slow_at_once": slow_at_once}
    asked = _asked(session, message_id, now) | slow
    return _claimed(session.execute(_CLAIM, asked).one_or_none())


def presume_lost(session: Session, message_id: int, *, again_at: datetime) -> None:
    """A second job found the message being sent: its first worker is dead, or nearly always so.

    It no longer counts as slow, so that others of the tenant leave; it waits until its lease would
    be over, and a worker that lives after all still writes down what became of it.
    """
    session.execute(
        _PRESUME_LOST,
        {"of_tenant": acting_tenant(session), "of_id": message_id, "at": again_at},
    )


def give_up_left_over(session: Session, message_id: int, *, now: datetime) -> ClaimedMessage | None:
    """The message, given up, where crashes left it half sent as often as they may; else None.

    Nobody knows whether it arrived, and a third copy must not leave.
    """
    return _claimed(session.execute(_GIVE_UP, _asked(session, message_id, now)).one_or_none())


def record_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """The gateway took the message."""
    _set(session, message_id, status=OutboundStatus.SENT, sent_at=now, last_error=None)


def record_failure(
    session: Session, message: ClaimedMessage, *, error: str, is_permanent: bool, now: datetime
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
    session: Session, message: ClaimedMessage, *, error: str, now: datetime
) -> datetime | None:
    """When a message that may have left is sent once more; None: it must not be, a third time."""
    unknown = message.unknown_outcomes + 1
    verdict = after_unknown(unknown, attempts=message.attempts, now=now)
    _put_off(session, message, verdict, error=error, unknown_outcomes=unknown)
    return verdict.again_at


def send_again(session: Session, message_id: int, *, now: datetime) -> None:
    """A person asks for one more try of a message that waits or was given up. Raises NotFound."""
    asked = session.execute(
        update(_MESSAGES)
        .where(
            _MESSAGES.c.tenant_id == acting_tenant(session),
            _MESSAGES.c.id == message_id,
            _MESSAGES.c.status.in_([OutboundStatus.PENDING, OutboundStatus.UNDELIVERABLE]),
        )
        .values(status=OutboundStatus.PENDING, next_attempt_at=now)
        .returning(_MESSAGES.c.id)
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
    session: Session, message: ClaimedMessage, verdict: Verdict, *, error: str, **values: Any
) -> None:
    values["last_error"] = error[:ERROR_LENGTH]
    if verdict.again_at is None:
        _set(session, message.id, status=OutboundStatus.UNDELIVERABLE, **values)
        return
    waiting = {"status": OutboundStatus.PENDING, "next_attempt_at": verdict.again_at}
    _set(session, message.id, **waiting, **values)
    _defer(session, message.id, at=verdict.again_at)


def _set(session: Session, message_id: int, **values: Any) -> None:
    place = {"of_tenant": acting_tenant(session), "of_id": message_id}
    session.execute(_SET, place | values)


def _asked(session: Session, message_id: int, now: datetime) -> dict[str, Any]:
    return {
        "of_tenant": acting_tenant(session),
        "of_id": message_id,
        "at": now,
        "leased_until": now - LEASE,
    }


def _claimed(row: Row[*tuple[Any, ...]] | None) -> ClaimedMessage | None:
    return ClaimedMessage(*row) if row else None


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
