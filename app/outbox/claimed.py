"""A message that is ours to send, as a value: all that a gateway needs, and what a failure needs.

Apart from the letter, which was written before anybody knew how often it would have to be tried.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """An outgoing message in its attempt number `attempts`.

    `attachments`: a list of {name, type, blob_key}. `unknown_outcomes`: earlier attempts of which
    nobody knows whether they arrived.
    """

    tenant_id: int
    id: int
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    reply_to: str | None
    subject: str
    text: str
    html: str | None
    headers: dict[str, str]
    attachments: list[dict[str, Any]]
    message_ref: str
    is_automatic: bool
    ticket_id: int | None
    created_at: datetime
    attempts: int
    unknown_outcomes: int
