"""Letters for tests, and what became of them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.outbox.actions import write_letter
from app.outbox.letter import Letter
from app.outbox.models import OutboundMessage
from tests.cast import MONDAY, Cast

A_LETTER = Letter(
    purpose="reply",
    idempotency_key="reply:1",
    recipient="dora@client.example",
    recipient_name="Dora",
    sender="support@harbour.example",
    sender_name="Harbour Hosting",
    subject="Your question",
    text="It is plugged in again.",
    message_ref="1.1.hash@harbour.example",
)


def a_letter(tenant: Cast, *, now: datetime = MONDAY, **fields: Any) -> int:
    """The id of a letter that `tenant` wrote at `now`."""
    with tenant.transaction() as session:
        message_id = write_letter(session, replace(A_LETTER, **fields), now=now)
    assert message_id is not None
    return message_id


def kept(tenant: Cast, message_id: int) -> OutboundMessage:
    """The message as it stands."""
    with tenant.transaction() as session:
        return session.scalars(
            select(OutboundMessage).where(OutboundMessage.id == message_id)
        ).one()
