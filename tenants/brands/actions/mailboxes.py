"""Mailboxes are added, and what was fetched from them is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.brands import models
from tenants.brands.models import MailSource
from tenants.brands.queries import brand_exists
from tenants.database import acting_tenant
from tenants.directory.actions import claim_name
from tenants.directory.names import NameKind, spelled
from tenants.errors import NotFound, Refused
from tenants.sealing import Sealer

IMAP_SECRET = "mailboxes.imap_secret"  # noqa: S105 - the name of a column
IMAP_PORT = 993


@dataclass(frozen=True, slots=True)
class ImapAccess:
    """How mail is fetched. `password` is sealed before it is kept."""

    host: str
    login: str
    password: str
    port: int = IMAP_PORT
    folder: str = "INBOX"


def add_mailbox(session: Session, brand_id: int, address: str) -> int:
    """The id of a new mailbox that receives by SMTP. Raises Refused, NotFound."""
    return _add_mailbox(session, brand_id, address, {"source": MailSource.SMTP})


def add_polled_mailbox(
    session: Session, brand_id: int, address: str, access: ImapAccess, *, sealer: Sealer
) -> int:
    """The id of a new mailbox whose mail is fetched by IMAP. Raises Refused, NotFound."""
    secret = sealer.seal(
        access.password.encode(),
        tenant_id=acting_tenant(session),
        column=IMAP_SECRET,
        row=spelled(NameKind.MAILBOX, address),
    )
    imap = {
        "source": MailSource.IMAP,
        "imap_host": spelled(NameKind.HOST, access.host),
        "imap_port": access.port,
        "imap_login": access.login,
        "imap_secret": secret,
        "imap_folder": access.folder,
    }
    return _add_mailbox(session, brand_id, address, imap)


def add_alias(session: Session, mailbox_id: int, address: str) -> None:
    """Receive mail to another address in a mailbox. Raises Refused, NotFound."""
    _mailbox(session, mailbox_id)
    tenant_id = acting_tenant(session)
    claim_name(session, NameKind.MAILBOX, address, owner_id=tenant_id, target_id=mailbox_id)


def note_poll(
    session: Session, mailbox_id: int, *, validity: int | None, last_uid: int | None
) -> None:
    """Remember up to where a folder was fetched; it also means that fetching works."""
    row = _mailbox(session, mailbox_id)
    row.imap_validity, row.imap_last_uid, row.last_error = validity, last_uid, None


def note_poll_failure(session: Session, mailbox_id: int, error: str) -> None:
    """Remember why a mailbox could not be fetched, for the office's page."""
    _mailbox(session, mailbox_id).last_error = error


def _add_mailbox(
    session: Session,
    brand_id: int,
    address: str,
    values: Mapping[str, Any],
) -> int:
    tenant_id, spelling = acting_tenant(session), spelled(NameKind.MAILBOX, address)
    if not brand_exists(session, brand_id):
        raise NotFound("There is no such brand.")
    added: int | None = session.scalar(
        insert(models.Mailbox)
        .values(tenant_id=tenant_id, brand_id=brand_id, address=spelling, is_active=True, **values)
        .on_conflict_do_nothing()
        .returning(models.Mailbox.id)
    )
    if added is None:
        raise Refused("There is a mailbox {address} already.", address=spelling)
    claim_name(session, NameKind.MAILBOX, spelling, owner_id=tenant_id, target_id=added)
    return added


def _mailbox(session: Session, mailbox_id: int) -> models.Mailbox:
    mailbox = session.scalar(
        select(models.Mailbox).where(
            models.Mailbox.tenant_id == acting_tenant(session), models.Mailbox.id == mailbox_id
        )
    )
    if mailbox is None:
        raise NotFound("There is no such mailbox.")
    return mailbox
