"""How a letter about a ticket is addressed, threaded and linked.

Shared by the flows that write one. What a letter says is in its templates and the brand's texts.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.gateways.mail_templates import Composed, say
from app.inbox.reply_tokens import make_message_id, make_reply_token, reply_address
from app.outbox.letter import Letter
from app.tickets.links import RequestLink, request_token
from app.tickets.state import TicketState
from tenants.brands.brand import Brand


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What letters are made with. `secret`: signs tokens and links; `public_base_url`: ours."""

    secret: str
    public_base_url: str

    @property
    def key(self) -> bytes:
        """Signs reply tokens, Message-IDs and the loop header."""
        return self.secret.encode()

    def request_page(self, brand: Brand, ticket: TicketState) -> str:
        """The requester's own page of a ticket, on the brand's host where it has one."""
        link = RequestLink(ticket.tenant_id, ticket.number, ticket.requester_id)
        return f"{self.base_url(brand)}/r/{request_token(link, secret=self.secret)}"

    def base_url(self, brand: Brand) -> str:
        """Where the brand's pages begin: its own host where it has one."""
        if brand.portal_host is None:
            return self.public_base_url
        ours = urlsplit(self.public_base_url)
        port = f":{ours.port}" if ours.port else ""
        return f"{ours.scheme}://{brand.portal_host}{port}"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter goes to, in which language, and from which mailbox answers come back."""

    email: str
    name: str
    language: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a letter stands in a conversation. `answers`: Message-ID of what it answers, or ""."""

    ticket: TicketState
    entry_id: int
    answers: str = ""


def letter_about(
    thread: Thread, to: Addressee, words: Composed, *, brand: Brand, correspondence: Correspondence
) -> Letter:
    """The letter with `words` on a ticket; its answer leads back by token and by Message-ID."""
    ticket, key = thread.ticket, correspondence.key
    token = make_reply_token(
        tenant_id=ticket.tenant_id, ticket_id=ticket.id, recipient=to.email, key=key
    )
    message_id = make_message_id(
        tenant_id=ticket.tenant_id,
        ticket_id=ticket.id,
        entry_id=thread.entry_id,
        domain=brand.sender_address.rpartition("@")[2],
        key=key,
    )
    return Letter(
        purpose="",
        idempotency_key="",
        recipient=to.email,
        recipient_name=to.name,
        sender=brand.sender_address,
        sender_name=brand.name_in(to.language),
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_ref=message_id.strip("<>"),
        reply_to=reply_address(to.mailbox, token),
        ticket_id=ticket.id,
        entry_id=thread.entry_id,
        brand_id=brand.id,
        headers=_threading(thread.answers),
    )


def reply_marker(language: str) -> str:
    """The line above which an answer is written."""
    return say("Reply above this line", language=language).join(("## ", " ##"))


def _threading(answers: str) -> dict[str, str]:
    """Mails name their Message-ID with brackets, rows without: both are meant here."""
    if not answers:
        return {}
    bracketed = f"<{answers.strip('<>')}>"
    return {"In-Reply-To": bracketed, "References": bracketed}
