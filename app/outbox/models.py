"""Outbound messages: one row per message and recipient, whatever the channel."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from tenants.database import Base, TenantOwned


class OutboundChannel(enum.Enum):
    """By which gateway a message leaves."""

    MAIL = "mail"
    SMS = "sms"
    CALL = "call"
    WEBHOOK = "webhook"


class OutboundStatus(enum.Enum):
    """Where an outbound message stands. SENDING left over by a crash is evidence, not silence."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    CANCELLED = "cancelled"


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
            "next_attempt_at",
            postgresql_where=text("status IN ('pending', 'sending')"),
        ),
        Index("ix_outbound_messages_newest", "tenant_id", "created_at"),
        ForeignKeyConstraint(
            ["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]
        ),
    )

    channel: Mapped[OutboundChannel]
    status: Mapped[OutboundStatus]
    purpose: Mapped[str]  # acknowledgement, reply, invoice …: the template's folder
    is_automatic: Mapped[
        bool
    ]  # written by a machine: null envelope sender, never answered
    is_internal: Mapped[
        bool
    ]  # to the partner's own people; an answer to it stays internal
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
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
