"""Mails as senders write them, and the way they take into the desk."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from sqlalchemy import select

from app.flows.correspondence import Correspondence
from app.flows.email_to_ticket import MailOutcome
from app.gateways.folder_blobs import FolderBlobs
from app.gateways.mail_listener import IncomingMail
from app.gateways.mail_parsing import MailParsing
from app.gateways.sender_check import SenderCheck
from app.inbox.wire import from_wire
from app.jobs.mail_door import MailDoor
from app.jobs.mail_taking import MailTaker, SenderTrust
from app.outbox.models import OutboundMessage
from app.tickets import queries
from app.tickets.page import TicketPage
from app.tickets.refs import parse_ref
from tests.cast import MONDAY, SECRET, Cast

OLENA = "olena@nordhost.example"
BASE_URL = "https://desk.example"


class FakeDns:
    """Records by name and kind; nobody asks the network."""

    def __init__(self, records=None):
        self.table = records or {}

    def records(self, name, kind):
        return self.table.get((name.lower(), kind), [])


class Clock:
    """The present instant of a test, moved by it."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_time(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(frozen=True)
class Post:
    """The way of mail into one installation."""

    door: MailDoor
    taker: MailTaker
    clock: Clock

    def bring(self, raw: bytes, *recipients: str, sender: str = OLENA, peer: str = "") -> list:
        """Keep a mail as the listener does; the kept mails, one per mailbox."""
        places = tuple(filter(None, (self.door.place_of(each) for each in recipients)))
        kept = self.door.keep(IncomingMail(sender, places, raw, peer, "mail.example"))
        return [(place.tenant_id, mail) for place, mail in kept.items()]

    def send(self, raw: bytes, *recipients: str, sender: str = OLENA) -> MailOutcome:
        """Keep a mail and take it; what became of the first copy."""
        outcomes = [
            self.taker.take(tenant_id, kept.id)
            for tenant_id, kept in self.bring(raw, *recipients, sender=sender)
        ]
        return outcomes[0]


def a_post(database, folder: Path, parsing: MailParsing, dns: FakeDns | None = None) -> Post:
    clock = Clock()
    taker = MailTaker(
        database=database,
        blobs=FolderBlobs(folder),
        parsing=parsing,
        trust=SenderTrust(None, SenderCheck(dns or FakeDns())),
        correspondence=Correspondence(SECRET, BASE_URL),
        clock=clock,
    )
    return Post(MailDoor(database, clock=clock), taker, clock)


def trusting(post: Post, authserv_id: str) -> Post:
    return replace(
        post, taker=replace(post.taker, trust=SenderTrust(authserv_id, SenderCheck(FakeDns())))
    )


def new_parsing() -> MailParsing:
    return MailParsing(from_wire, children=1)


def a_mail(
    *,
    sender: str = f"Olena Koval <{OLENA}>",
    subject: str = "The server is unreachable",
    text: str = "It has not answered since eight o'clock.",
    to: str = "support@harbour.example",
    headers: dict[str, str] | None = None,
    files: dict[str, bytes] | None = None,
) -> bytes:
    """A mail as people write it; every call is another mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = make_msgid(domain="nordhost.example")
    mail["Date"] = "Mon, 02 Mar 2026 08:00:00 +0000"
    for name, value in (headers or {}).items():
        del mail[name]
        mail[name] = value
    mail.set_content(text)
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def message_id(raw: bytes) -> str:
    """The Message-ID of a mail, with its brackets."""
    line = next(line for line in raw.split(b"\n") if line.lower().startswith(b"message-id:"))
    return line.split(b":", 1)[1].strip().decode()


def page_of(tenant: Cast, ref: str | None) -> TicketPage:
    """The page of a ticket by its reference."""
    parsed = parse_ref(ref or "")
    assert parsed is not None
    with tenant.transaction() as session:
        return queries.ticket_page(session, parsed.number)


def letters(tenant: Cast) -> list[OutboundMessage]:
    """All that was written to be sent, oldest first."""
    with tenant.transaction() as session:
        return list(session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)))


def count(tenant: Cast, model: type) -> int:
    """How many rows of `model` the tenant has."""
    with tenant.transaction() as session:
        return len(list(session.scalars(select(model))))
