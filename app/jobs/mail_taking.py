"""How a kept mail is taken: read in a limited child, its files stored, then one transaction.

Nothing slow happens inside the transaction: parsing, the blob store and DNS come before it.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import OperationalError

from app.clock import utc_now
from app.flows.correspondence import Correspondence
from app.flows.email_to_ticket import MailOutcome, email_to_ticket
from app.flows.mail_gathering import ReadMail
from app.gateways.blobs import Blobs
from app.gateways.mail_parsing import FailureReason, MailParsing
from app.gateways.sender_check import SenderCheck, SenderClaim, public_dns
from app.inbox import actions as inbox
from app.inbox import queries as inbox_queries
from app.inbox.arrival import RawMailValue
from app.inbox.authentication import SenderResults, trusted_results
from app.inbox.mail import ParsedMail
from app.inbox.states import is_waiting
from app.services import Services
from app.tickets.changes import NewFile
from tenants.access.queries import find_login, is_answering_for
from tenants.access.tokens import login_digest
from tenants.database import HOUSE_ID, Database
from tenants.errors import GatewayError

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3  # then the mail becomes a ticket unread, with its raw file
_RAW_NAME = "mail.eml"
_RAW_TYPE = "message/rfc822"
_LIMITS = frozenset({FailureReason.CPU, FailureReason.MEMORY})


class NotTaken(Exception):
    """A run ended without a result; the queue tries again."""


@dataclass(frozen=True, slots=True)
class SenderTrust:
    """Whom to believe about senders: a server in front of us, or else our own check."""

    authserv_id: str | None
    check: SenderCheck


@dataclass(frozen=True, slots=True)
class MailTaker:
    """Takes kept mail. Holds what taking needs; built once per process."""

    database: Database
    blobs: Blobs
    parsing: MailParsing[ParsedMail]
    trust: SenderTrust
    correspondence: Correspondence
    clock: Callable[[], datetime] = utc_now

    def take(self, tenant_id: int, raw_mail_id: int) -> MailOutcome:
        """Take one mail; again, it changes nothing.

        Raises NotTaken where a later run may succeed, NotFound, and GatewayError or
        OperationalError while a store is away.
        """
        with self.database.transaction(tenant_id) as session:
            kept = inbox_queries.raw_mail(session, raw_mail_id)
        try:
            return self._apply(tenant_id, kept, self._read(tenant_id, kept))
        except (GatewayError, OperationalError):
            raise  # the store was away, not the mail bad
        except Exception as failure:  # noqa: BLE001 - one bad mail must not stop the rest
            return self._failed(tenant_id, kept, failure)

    def _apply(self, tenant_id: int, kept: RawMailValue, read: ReadMail) -> MailOutcome:
        with self.database.transaction(tenant_id) as session:
            return email_to_ticket(
                session, kept, read, correspondence=self.correspondence, now=self.clock()
            )

    def _read(self, tenant_id: int, kept: RawMailValue) -> ReadMail:
        """The mail's values, its files stored. Raises NotTaken where a child died of it."""
        if not is_waiting(kept.state):
            return ReadMail(None)
        mail = self.parsing.parse(kept.content)
        if isinstance(mail, FailureReason):
            if mail not in _LIMITS:
                raise NotTaken(mail.value)
            return self._unread(tenant_id, kept, mail.value)
        files = tuple(
            self._stored(
                tenant_id,
                NewFile(
                    name=file.name,
                    type=file.type,
                    size=file.size,
                    sha256=file.sha256,
                    blob_key="",
                    is_inline=file.inline,
                    content_id=file.content_id or None,
                ),
                file.content,
            )
            for file in mail.attachments
        )
        return ReadMail(
            mail,
            files,
            authentication=self._authentication(kept, mail),
            is_from_operator=self._is_from_operator(tenant_id, mail.from_email),
        )

    def _is_from_operator(self, tenant_id: int, email: str) -> bool:
        """Whether the sender is one of the provider's people who answers for the tenant now."""
        digest = login_digest(email, secret=self.correspondence.secret)
        with self.database.directory() as session:
            place = find_login(session, digest) if email else None
        if place is None or place.tenant_id != HOUSE_ID:
            return False
        with self.database.transaction(HOUSE_ID) as session:
            return is_answering_for(session, place.user_id, tenant_id)

    def _failed(self, tenant_id: int, kept: RawMailValue, failure: Exception) -> MailOutcome:
        """Count the run; the last one makes a ticket of the raw mail, so that nobody is lost."""
        with self.database.transaction(tenant_id) as session:
            attempts = inbox.count_attempt(session, kept.id)
        log.warning(
            "mail not taken",
            extra={"raw_mail_id": kept.id, "tenant_id": tenant_id, "attempts": attempts},
            exc_info=failure,
        )
        if attempts < MOST_ATTEMPTS:
            raise NotTaken(str(failure)) from failure
        return self._apply(tenant_id, kept, self._unread(tenant_id, kept, "defect"))

    def _unread(self, tenant_id: int, kept: RawMailValue, failure: str) -> ReadMail:
        raw = NewFile(
            name=_RAW_NAME,
            type=_RAW_TYPE,
            size=len(kept.content),
            sha256=hashlib.sha256(kept.content).hexdigest(),
            blob_key="",
        )
        return ReadMail(None, (self._stored(tenant_id, raw, kept.content),), failure=failure)

    def _stored(self, tenant_id: int, file: NewFile, content: bytes) -> NewFile:
        """The file under its key; the same content again is the same key."""
        key = f"{tenant_id}/{file.sha256}"
        self.blobs.put(key, content)
        return replace(file, blob_key=key)

    def _authentication(self, kept: RawMailValue, mail: ParsedMail) -> dict[str, str]:
        if self.trust.authserv_id is not None:
            headers = mail.origin.authentication_results
            return trusted_results(headers, self.trust.authserv_id).as_json()
        claim = SenderClaim(
            content=kept.content,
            from_domain=mail.from_email.rpartition("@")[2],
            envelope_sender=kept.envelope_sender,
            peer=str(kept.authentication.get("peer", "")),
            helo=str(kept.authentication.get("helo", "")),
        )
        found = self.trust.check.check(claim)
        return SenderResults(found.spf, found.dkim, found.dmarc, found.policy).as_json()


def mail_taker(services: Services) -> MailTaker:
    """What takes mail, made of what the application holds."""
    return MailTaker(
        database=services.database,
        blobs=services.blobs,
        parsing=services.parsing,
        trust=SenderTrust(services.config.trusted_authserv_id, SenderCheck(public_dns())),
        correspondence=services.correspondence,
    )
