"""A mail at the door, what is known of it once it is kept, and what became of it.

Apart from the tables: listener, poller, command and pages speak of a mail in these values.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.inbox.states import MailState


@dataclass(frozen=True, slots=True)
class ArrivedMail:
    """Raw bytes with their envelope. `sender`: "" for the null sender.

    `origin`: who handed it over, as far as it was a server: peer address and HELO name.
    """

    mailbox_id: int
    recipient: str
    sender: str
    content: bytes
    origin: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail in the database. `is_new`: False where the same mail had arrived before."""

    id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class RawMailValue:
    """A kept mail with its bytes. `authentication`: origin, and the results of our own check."""

    id: int
    mailbox_id: int
    identity: str
    recipient: str
    envelope_sender: str
    received_at: datetime
    content: bytes
    authentication: dict[str, Any]
    state: MailState
    attempts: int


@dataclass(frozen=True, slots=True)
class MailPlace:
    """Where a kept mail stands, without its bytes."""

    id: int
    mailbox_id: int
    state: MailState
    ticket_id: int | None
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a mail. `cause`: why it was held or ignored, or what could not be read.

    `authentication`: origin and results of our check; None leaves them as they are.
    """

    state: MailState
    message_ref: str = ""
    from_email: str = ""
    subject: str = ""
    cause: str = ""
    ticket_id: int | None = None
    entry_id: int | None = None
    authentication: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that waits for a person. `size` in bytes; texts as the sender wrote them."""

    tenant_id: int
    tenant_name: str
    id: int
    recipient: str
    from_email: str
    subject: str
    cause: str
    size: int
    received_at: datetime
    state: MailState
    decided_by: str | None
    ticket_id: int | None
