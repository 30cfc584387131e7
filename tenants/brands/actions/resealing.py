"""Passwords of mailboxes and keys of sender domains sealed anew, after a newer key was set."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.brands.actions.mailboxes import IMAP_SECRET
from tenants.brands.actions.sender_domains import DOMAIN_KEY
from tenants.brands.models import Mailbox, SenderDomain
from tenants.database import acting_tenant
from tenants.sealing import Sealer


def reseal_mail_secrets(session: Session, *, sealer: Sealer) -> int:
    """How many secrets of the session's tenant were sealed anew. Safe to repeat.

    Raises Unreadable for a secret whose key is not set any more.
    """
    return _reseal_mailboxes(session, sealer) + _reseal_sender_domains(session, sealer)


def _reseal_mailboxes(session: Session, sealer: Sealer) -> int:
    tenant_id, resealed = acting_tenant(session), 0
    rows = session.scalars(
        select(Mailbox)
        .where(Mailbox.tenant_id == tenant_id, Mailbox.imap_secret.is_not(None))
        .with_for_update()
    )
    for mailbox in rows:
        if mailbox.imap_secret is not None and not sealer.is_current(mailbox.imap_secret):
            mailbox.imap_secret = sealer.reseal(
                mailbox.imap_secret, tenant_id=tenant_id, column=IMAP_SECRET, row=mailbox.address
            )
            resealed += 1
    return resealed


def _reseal_sender_domains(session: Session, sealer: Sealer) -> int:
    tenant_id, resealed = acting_tenant(session), 0
    rows = session.scalars(
        select(SenderDomain).where(SenderDomain.tenant_id == tenant_id).with_for_update()
    )
    for row in rows:
        if not sealer.is_current(row.private_key):
            row.private_key = sealer.reseal(
                row.private_key, tenant_id=tenant_id, column=DOMAIN_KEY, row=row.domain
            )
            resealed += 1
    return resealed
