"""Outbound messages: one row per message and recipient, whatever the channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from app.outbox.channels import OutboundChannel, OutboundStatus
from tenants.database import Base, TenantOwned


class OutboundMessage(TenantOwned, Base):
    """One message to one recipient; its Message-ID is fixed when the row is written."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "idempotency_key"),
        Index(None, "tenant_id", "message_ref"),
        Index(None, "tenant_id", "ticket_id"),
        Index(
            "ix_outbound_messages_automatic",
            "tenant_id",
            "recipient",
            "created_at",
            postgresql_where=text("is_automatic"),
        ),
        Index(
            "ix_outbound_messages_waiting",
            "tenant_id",
            "status",
            "next_attempt_at",
            postgresql_where=text("status IN ('pending', 'sending')"),
        ),
        Index("ix_outbound_messages_newest", "id"),
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
    )

    channel: Mapped[OutboundChannel]
    status: Mapped[OutboundStatus]
    purpose: Mapped[str]  # acknowledgement, reply, invoice …: the template's folder
    is_automatic: Mapped[bool]  # written by a machine: null envelope sender, never answered
    is_internal: Mapped[bool]  # to the partner's own people; an answer to it stays internal
    idempotency_key: Mapped[str]
    ticket_id: Mapped[int | None]
    entry_id: Mapped[int | None]
    brand_id: Mapped[int | None]
    recipient: Mapped[str]
    recipient_name: Mapped[str]
    sender: Mapped[str]
    sender_name: Mapped[str]
    reply_to: Mapped[str | None]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    headers: Mapped[dict[str, Any]]
    attachments: Mapped[list[Any]]  # [{"name", "type", "blob_key"}]
    message_ref: Mapped[str]  # Message-ID without brackets
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    unknown_outcomes: Mapped[int]  # attempts that a crash or a silent relay left unanswered
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
