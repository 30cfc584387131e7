"""Who may bring mail in, and how it is kept: one transaction per tenant, committed at the end.

The listener, the poller and the command all come in by this door.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.gateways.mail_listener import IncomingMail, MailboxPlace
from app.inbox.actions import keep_mail
from app.inbox.arrival import ArrivedMail, KeptMail
from app.inbox.reply_tokens import mailbox_of
from tenants.database import Database
from tenants.directory.names import NameKind, spelled
from tenants.directory.queries import find_name
from tenants.errors import GatewayError, Refused

UNKNOWN_SENDER = "unknown"
_HEAD_BYTES = 8_192


class MailDoor:
    """The database behind the listener's `MailDoor`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def place_of(self, recipient: str) -> MailboxPlace | None:
        """The mailbox of a recipient: the address as written, or without what follows a plus.

        Raises GatewayError while the database is away.
        """
        try:
            address = spelled(NameKind.MAILBOX, recipient)
        except Refused:
            return None
        try:
            with self._database.directory() as session:
                owner = find_name(session, NameKind.MAILBOX, address) or find_name(
                    session, NameKind.MAILBOX, mailbox_of(address)
                )
        except SQLAlchemyError as failure:
            raise GatewayError("the directory cannot be read", permanent=False) from failure
        if owner is None or owner.target_id is None:
            return None
        return MailboxPlace(address, owner.tenant_id, owner.target_id)

    def keep(self, mail: IncomingMail) -> dict[MailboxPlace, KeptMail]:
        """Commit the mail once for each mailbox it is for; an address more is not a mail more.

        Raises GatewayError when it could not be committed for all: the sender tries again, and
        what was kept is known by then.
        """
        by_tenant: dict[int, dict[int, MailboxPlace]] = defaultdict(dict)
        for place in mail.places:
            by_tenant[place.tenant_id].setdefault(place.mailbox_id, place)
        kept: dict[MailboxPlace, KeptMail] = {}
        try:
            for tenant_id, places in by_tenant.items():
                kept |= self._keep_for(tenant_id, list(places.values()), mail)
        except SQLAlchemyError as failure:
            raise GatewayError("the mail cannot be committed", permanent=False) from failure
        return kept

    def _keep_for(
        self, tenant_id: int, places: list[MailboxPlace], mail: IncomingMail
    ) -> dict[MailboxPlace, KeptMail]:
        now = self._clock()
        with self._database.transaction(tenant_id) as session:
            return {place: keep_mail(session, _arrived(place, mail), now=now) for place in places}


def _arrived(place: MailboxPlace, mail: IncomingMail) -> ArrivedMail:
    return ArrivedMail(
        mailbox_id=place.mailbox_id,
        recipient=place.recipient,
        sender=mail.sender,
        content=mail.content,
        origin={"peer": mail.peer, "helo": mail.helo},
    )


def envelope_sender(content: bytes) -> str:
    """The envelope sender that a server wrote on top of a mail; "" for the null sender.

    For mail that comes without an envelope. Where no server wrote one it is UNKNOWN_SENDER, so
    that the mail does not count as a bounce for that.
    """
    head = content[:_HEAD_BYTES]
    start = head.lower().find(b"return-path:")
    if start < 0:
        return UNKNOWN_SENDER
    line = head[start:].split(b"\n", 1)[0].partition(b":")[2]
    return line.strip().strip(b"<>").decode("ascii", "replace")
