"""A message leaves: claimed and committed, handed to the relay, its outcome written down.

No transaction is open while the relay thinks. While it is slow, a tenant sends a few messages at
once at most, so that others' mail flows; what waits is sent by whoever of the same tenant is done.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import utc_now
from app.flows.failure_to_event import FailedDelivery, failure_to_event
from app.gateways.mail import MailFile, OutgoingMail, SigningKey, UnknownOutcome
from app.inbox.reply_tokens import loop_hash
from app.outbox import actions, queries
from app.outbox.claimed import ClaimedMessage
from app.outbox.retry import SLOW
from app.services import Services
from tenants.brands.queries import SigningKey as SealedKey
from tenants.brands.queries import signing_key
from tenants.errors import GatewayError, NotFound
from tenants.sealing import Unreadable

log = logging.getLogger(__name__)

AT_ONCE = 2  # messages of one tenant that the relay is slow with
IN_ONE_RUN = 50
TURN_AT_LATEST = timedelta(minutes=5)  # should nobody who is done find it
KEY_COLUMN = "sender_domains.private_key"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, and the sealed key that signs it."""

    message: ClaimedMessage
    key: SealedKey | None


def deliver_outbox(services: Services, tenant_id: int, message_id: int) -> None:
    """Send a message; then also those of the same tenant that had to wait.

    They waited for a slow relay, or for a worker that died while it was sending.
    """
    began_s = time.monotonic()
    is_ours = send_message(services, tenant_id, message_id, now=utc_now())
    if not is_ours or time.monotonic() - began_s >= SLOW.total_seconds():
        _send_waiting(services, tenant_id)


def send_message(services: Services, tenant_id: int, message_id: int, *, now: datetime) -> bool:
    """Whether the message was ours to try; its outcome is written down then."""
    with services.database.transaction(tenant_id) as session:
        claimed = _claim(session, message_id, now=now)
    if claimed is None:
        return False
    began_s = time.monotonic()
    error = _hand_over(services, claimed)
    at = now + timedelta(seconds=time.monotonic() - began_s)
    with services.database.transaction(tenant_id) as session:
        _record(session, claimed.message, error, now=at)
    return True


def _send_waiting(services: Services, tenant_id: int) -> None:
    for _turn in range(IN_ONE_RUN):
        with services.database.transaction(tenant_id) as session:
            waiting_id = queries.next_waiting(session, now=utc_now())
        if waiting_id is None or not send_message(services, tenant_id, waiting_id, now=utc_now()):
            return
    with services.database.transaction(tenant_id) as session:
        if waiting_id := queries.next_waiting(session, now=utc_now()):
            actions.ask_again(session, waiting_id)


def _claim(session: Session, message_id: int, *, now: datetime) -> Claimed | None:
    message = actions.claim_message(session, message_id, slow_at_once=AT_ONCE, now=now)
    if message is None:
        _look_again(session, message_id, now=now)
        return None
    return Claimed(message, signing_key(session, message.sender.rpartition("@")[2]))


def _look_again(session: Session, message_id: int, *, now: datetime) -> None:
    """A message that is not ours to try: leave no chance that nobody ever tries it."""
    leaving = queries.leaving(session, now=now)
    if message_id in leaving:  # by a worker that must be dead: this is its job once more
        actions.presume_lost(session, message_id, again_at=leaving[message_id])
        actions.ask_again(session, message_id, at=leaving[message_id])
        return
    given_up = actions.give_up_left_over(session, message_id, now=now)
    if given_up is not None:
        _tell(session, given_up, again_at=None, now=now)
    elif queries.is_waiting(session, message_id):  # the relay is slow with others of the tenant
        actions.ask_again(session, message_id, at=now + TURN_AT_LATEST)


def _hand_over(services: Services, claimed: Claimed) -> GatewayError | None:
    """None when the relay has it, else what went wrong."""
    try:
        mail = _outgoing(services, claimed.message)
        services.mailer.send(mail, _opened(services, claimed))
    except GatewayError as error:
        return error
    except NotFound:
        return GatewayError("a file of the message is gone", permanent=True)
    except Unreadable:
        return GatewayError("the domain's key does not open (ENCRYPTION_KEYS)", permanent=False)
    return None


def _record(
    session: Session, message: ClaimedMessage, error: GatewayError | None, *, now: datetime
) -> None:
    if error is None:
        actions.record_sent(session, message.id, now=now)
        return
    if isinstance(error, UnknownOutcome):
        again_at = actions.record_unknown(session, message, error=str(error), now=now)
    else:
        again_at = actions.record_failure(
            session, message, error=str(error), is_permanent=error.permanent, now=now
        )
    _tell(session, message, again_at=again_at, now=now)


def _tell(
    session: Session, message: ClaimedMessage, *, again_at: datetime | None, now: datetime
) -> None:
    failed = FailedDelivery(message.ticket_id, message.recipient, message.attempts, again_at)
    failure_to_event(session, failed, now=now)
    facts = {"tenant_id": message.tenant_id, "message_id": message.id, "again_at": again_at}
    log.log(logging.WARNING if again_at else logging.ERROR, "message not sent", extra=facts)


def _outgoing(services: Services, message: ClaimedMessage) -> OutgoingMail:
    files = tuple(
        MailFile(each["name"], each["type"], services.blobs.get(each["blob_key"]))
        for each in message.attachments
    )
    return OutgoingMail(
        message_ref=message.message_ref,
        sender=message.sender,
        sender_name=message.sender_name,
        recipient=message.recipient,
        recipient_name=message.recipient_name,
        subject=message.subject,
        text=message.text,
        html=message.html,
        written_at=message.created_at,
        loop_id=loop_hash(services.correspondence.key),
        reply_to=message.reply_to,
        is_automatic=message.is_automatic,
        headers=message.headers,
        files=files,
    )


def _opened(services: Services, claimed: Claimed) -> SigningKey | None:
    key = claimed.key
    if key is None:
        return None
    opened = services.sealer.open(
        key.private_key,
        tenant_id=claimed.message.tenant_id,
        column=KEY_COLUMN,
        row=key.domain,
    )
    return SigningKey(key.domain, key.selector, opened)
