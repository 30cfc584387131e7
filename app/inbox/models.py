"""Mail as it arrived, by identity, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.inbox.states import MailState
from tenants.database import Base, TenantOwned


class RawMail(TenantOwned, Base):
    """One mail, raw, committed before its sender is told 250.

    `identity` is the hash of mailbox and content without trace headers: the same mail twice
    is one row.
    """

    __tablename__ = "raw_mails"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "mailbox_id"], ["mailboxes.tenant_id", "mailboxes.id"]),
        UniqueConstraint("tenant_id", "identity", "mailbox_id"),
        Index(
            "ix_raw_mails_held",
            "tenant_id",
            "id",
            postgresql_where=text("state = 'held'"),
        ),
        Index(
            "ix_raw_mails_message",
            "tenant_id",
            "message_ref",
            postgresql_where=text("ticket_id IS NOT NULL"),
        ),
        Index(
            "ix_raw_mails_ticket",
            "tenant_id",
            "ticket_id",
            "id",
            postgresql_where=text("ticket_id IS NOT NULL"),
        ),
        Index(
            "ix_raw_mails_waiting",
            "received_at",
            postgresql_where=text("state IN ('received', 'released')"),
        ),
    )

    mailbox_id: Mapped[int]
    identity: Mapped[str]
    recipient: Mapped[str]  # of the envelope
    envelope_sender: Mapped[str]  # "" for the null sender
    received_at: Mapped[datetime]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    authentication: Mapped[dict[str, Any]]  # our own check: spf, dkim, dmarc
    state: Mapped[MailState]
    attempts: Mapped[int]
    message_ref: Mapped[str | None]  # its Message-ID without brackets; no identity, but a clue
    from_email: Mapped[str | None]
    subject: Mapped[str | None]
    cause: Mapped[str | None]  # why held, ignored or stubbed
    ticket_id: Mapped[int | None]
    entry_id: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]  # who released or discarded it
