"""Brands, their texts, mailboxes and sender domains."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.brands.brand import Hours, TextChannel, TextKind, Tone
from tenants.database import Base, TenantOwned


class MailSource(enum.Enum):
    """How mail for a mailbox reaches us."""

    SMTP = "smtp"
    IMAP = "imap"


class Brand(TenantOwned, Base):
    """A face of a tenant."""

    __tablename__ = "brands"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"),)

    slug: Mapped[str]
    name: Mapped[str]
    names: Mapped[dict[str, Any]]  # language → name; `name` is the fallback
    colour: Mapped[str]  # "#rrggbb"
    tone: Mapped[Tone]
    language: Mapped[str]  # of texts to requesters when nothing better is known
    prefix: Mapped[str]  # of ticket numbers; unique in the installation by the directory
    portal_host: Mapped[str | None]
    telephone: Mapped[str | None]  # printed on pages
    sender_address: Mapped[str]
    pronunciation: Mapped[str | None]
    created_at: Mapped[datetime]


class BrandText(TenantOwned, Base):
    """One text of a brand for a channel, a language and the hour."""

    __tablename__ = "brand_texts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"]),
        UniqueConstraint(
            "tenant_id",
            "brand_id",
            "kind",
            "channel",
            "language",
            "hours",
            "tone",
            name="uq_brand_texts_place",
        ),
    )

    brand_id: Mapped[int]
    kind: Mapped[TextKind]
    channel: Mapped[TextChannel]
    language: Mapped[str]
    hours: Mapped[Hours]
    tone: Mapped[Tone]
    body: Mapped[str]


class Mailbox(TenantOwned, Base):
    """An address of a brand at which mail arrives; its directory rows are its aliases."""

    __tablename__ = "mailboxes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"]),
        UniqueConstraint("tenant_id", "address"),
    )

    brand_id: Mapped[int]
    address: Mapped[str]
    source: Mapped[MailSource]
    imap_host: Mapped[str | None]
    imap_port: Mapped[int | None]
    imap_login: Mapped[str | None]
    imap_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    imap_folder: Mapped[str | None]
    imap_validity: Mapped[int | None]  # UIDVALIDITY of the folder when last seen
    imap_last_uid: Mapped[int | None]
    is_active: Mapped[bool]
    last_error: Mapped[str | None]


class SenderDomain(TenantOwned, Base):
    """A domain we send from, with the key that signs for it."""

    __tablename__ = "sender_domains"
    __table_args__ = (UniqueConstraint("tenant_id", "domain"),)

    domain: Mapped[str]
    selector: Mapped[str]
    private_key: Mapped[bytes] = mapped_column(LargeBinary)  # PEM, encrypted
    public_key: Mapped[str]  # the record to publish
    verified_at: Mapped[datetime | None]
