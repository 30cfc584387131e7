"""Domains we send from: their keys are made, and found published."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.brands import models
from tenants.brands.domain_record import SELECTOR, domain_record
from tenants.database import acting_tenant
from tenants.directory.names import NameKind, spelled
from tenants.errors import NotFound, Refused
from tenants.sealing import Sealer

DOMAIN_KEY = "sender_domains.private_key"
_KEY_BITS = 2048


def add_sender_domain(session: Session, domain: str, *, sealer: Sealer) -> str:
    """The text of the DNS record to publish, for a new key that signs mail from `domain`.

    Raises Refused for a domain that has a key already.
    """
    tenant_id, host = acting_tenant(session), spelled(NameKind.HOST, domain)
    private_pem, public_der = _new_key_pair()
    record = domain_record(public_der)
    sealed = sealer.seal(private_pem, tenant_id=tenant_id, column=DOMAIN_KEY, row=host)
    added = session.scalar(
        insert(models.SenderDomain)
        .values(
            tenant_id=tenant_id,
            domain=host,
            selector=SELECTOR,
            private_key=sealed,
            public_key=record,
        )
        .on_conflict_do_nothing()
        .returning(models.SenderDomain.id)
    )
    if added is None:
        raise Refused("{host} has a key already.", host=host)
    return record


def mark_domain_verified(session: Session, domain: str, *, now: datetime) -> None:
    """Remember that the record of a sender domain was found in the DNS. Raises NotFound."""
    marked = session.scalar(
        update(models.SenderDomain)
        .where(
            models.SenderDomain.tenant_id == acting_tenant(session),
            models.SenderDomain.domain == domain,
        )
        .values(verified_at=now)
        .returning(models.SenderDomain.id)
    )
    if marked is None:
        raise NotFound("There is no such sender domain.")


def _new_key_pair() -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - heavy, seldom needed
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - the same

    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    private_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public_der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private_pem, public_der
