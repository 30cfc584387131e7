"""What is to leave us, as a value: everything about a message is fixed when it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.outbox.channels import OutboundChannel


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along; its bytes are in the blob store."""

    name: str
    type: str
    blob_key: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one recipient.

    `purpose`: its template's folder. `idempotency_key`: names the fact that causes it, so that the
    same fact writes it once. `message_ref`: the Message-ID without brackets, fixed here so that a
    second copy after a crash is the same message. `is_automatic`: a machine wrote it: null envelope
    sender, never answered. `is_internal`: to the partner's own people.
    """

    purpose: str
    idempotency_key: str
    recipient: str
    recipient_name: str
    sender: str
    sender_name: str
    subject: str
    text: str
    message_ref: str
    html: str | None = None
    reply_to: str | None = None
    is_automatic: bool = False
    is_internal: bool = False
    ticket_id: int | None = None
    entry_id: int | None = None
    brand_id: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()
    channel: OutboundChannel = OutboundChannel.MAIL
