"""Mail leaving us: what a mailer is asked to send, and who sends it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tenants.errors import GatewayError


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that goes along."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one recipient.

    `message_ref`: the Message-ID without brackets. `headers`: further ones, as References.
    `is_automatic`: a machine wrote it: marked so, with a null envelope sender. `loop_id`: the keyed
    hash by which we know our own mail again.
    """

    message_ref: str
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    written_at: datetime
    loop_id: str
    html: str | None = None
    reply_to: str | None = None
    is_automatic: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    files: tuple[MailFile, ...] = ()

    @property
    def envelope_sender(self) -> str:
        """Where bounces go; "" for machine mail, so that two machines never answer each other."""
        return "" if self.is_automatic else self.sender


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs mail of a domain. `private_key`: PEM, opened."""

    domain: str
    selector: str
    private_key: bytes


class UnknownOutcome(GatewayError):
    """The relay went silent after it had everything: the mail may have left."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)


class Mailer(Protocol):
    """A way out for mail."""

    def send(self, mail: OutgoingMail, key: SigningKey | None) -> None:
        """Hand `mail` over, signed with `key` where there is one.

        Raises GatewayError, permanent where the recipient was refused for good, and UnknownOutcome.
        """
