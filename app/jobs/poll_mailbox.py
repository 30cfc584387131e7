"""The new mails of one mailbox are kept, then flagged: in that order, so that none is lost."""

import logging
from dataclasses import dataclass

from app.gateways.imap_mailbox import ImapMailboxes
from app.gateways.mail_listener import IncomingMail, MailboxPlace
from app.gateways.mailbox import MailboxAccess, Mailboxes, OpenMailbox
from app.jobs.mail_door import MailDoor, envelope_sender
from app.services import Services
from tenants.brands.actions import note_poll, note_poll_failure
from tenants.brands.actions.mailboxes import IMAP_PORT, IMAP_SECRET
from tenants.brands.queries import MailboxValue, mailbox
from tenants.database import Database
from tenants.errors import GatewayError, Refused
from tenants.sealing import Sealer

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200  # a folder of 100 000 is worked off in turns, others in between


def poll_mailbox(services: Services, tenant_id: int, mailbox_id: int) -> None:
    """Fetch what is new; a mailbox that cannot be reached is noted and tried again next time."""
    poller = Poller(services.database, services.sealer, ImapMailboxes())
    poller.poll(tenant_id, mailbox_id)


@dataclass(frozen=True, slots=True)
class Poller:
    """Looks into mailboxes elsewhere by `mailboxes`."""

    database: Database
    sealer: Sealer
    mailboxes: Mailboxes

    def poll(self, tenant_id: int, mailbox_id: int) -> int:
        """How many mails were fetched from one mailbox."""
        with self.database.transaction(tenant_id) as session:
            box = mailbox(session, mailbox_id)
        try:
            with self.mailboxes.open(self._access(tenant_id, box)) as folder:
                return self._fetch(tenant_id, box, folder)
        except (GatewayError, Refused) as failure:
            log.warning("mailbox not fetched", extra={"mailbox_id": box.id, "why": str(failure)})
            with self.database.transaction(tenant_id) as session:
                note_poll_failure(session, box.id, str(failure))
            return 0

    def _fetch(self, tenant_id: int, box: MailboxValue, folder: OpenMailbox) -> int:
        """Keep, commit, then flag: a crash between leaves a mail that is known by its identity."""
        door, state = MailDoor(self.database), folder.state
        place = MailboxPlace(box.address, tenant_id, box.id)
        last, fetched = box.imap_last_uid, 0
        for number, content in folder.fetch(state.new[:MOST_AT_ONCE]):
            door.keep(IncomingMail(envelope_sender(content), (place,), content, peer="", helo=""))
            folder.mark_taken(number)
            last, fetched = number, fetched + 1
        with self.database.transaction(tenant_id) as session:
            note_poll(session, box.id, validity=state.validity, last_uid=last)
        return fetched

    def _access(self, tenant_id: int, box: MailboxValue) -> MailboxAccess:
        if box.imap_host is None or box.imap_login is None or box.imap_secret is None:
            raise Refused("The mailbox has no IMAP access.")
        password = self.sealer.open(
            box.imap_secret, tenant_id=tenant_id, column=IMAP_SECRET, row=box.address
        )
        return MailboxAccess(
            host=box.imap_host,
            port=box.imap_port or IMAP_PORT,
            login=box.imap_login,
            password=password.decode(),
            folder=box.imap_folder or "INBOX",
        )
