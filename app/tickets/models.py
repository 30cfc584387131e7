"""Tickets, their entries and everything that happened to them; history is only added."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Computed,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.tickets.kinds import (
    AuthorKind,
    Channel,
    EntryKind,
    EventKind,
    LinkKind,
    RequestKind,
)
from app.tickets.lifecycle import TicketStatus
from tenants.database import Base, TenantOwned
from tenants.promises.priority import Priority

# The queue's order as the indices keep it: a ticket without a running deadline comes last.
DUE_ORDER = text("coalesce(next_due_at, 'infinity'::timestamptz)")


class TicketSeries(Base):
    """The last ticket number of a tenant; its row lock is held only to the end of the opening."""

    __tablename__ = "ticket_series"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class Ticket(TenantOwned, Base):
    """One request for help."""

    __tablename__ = "tickets"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "requester_id"], ["requesters.tenant_id", "requesters.id"]
        ),
        ForeignKeyConstraint(["tenant_id", "client_id"], ["clients.tenant_id", "clients.id"]),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "source_ref"),
        Index(
            "ix_tickets_queue_due",
            DUE_ORDER,
            "tenant_id",
            "id",
            postgresql_where=text("is_open"),
        ),
        Index(
            "ix_tickets_queue_mine",
            "assignee_id",
            DUE_ORDER,
            "tenant_id",
            "id",
            postgresql_where=text("is_open"),
        ),
        Index(
            "ix_tickets_queue_new",
            "created_at",
            "tenant_id",
            "id",
            postgresql_where=text("status = 'new'"),
        ),
        Index(
            "ix_tickets_tenant_due",
            "tenant_id",
            DUE_ORDER,
            "id",
            postgresql_where=text("is_open"),
        ),
        Index("ix_tickets_tenant_created", "tenant_id", "created_at", "id"),
        Index("ix_tickets_requester", "tenant_id", "requester_id", "created_at"),
    )

    number: Mapped[int]  # per tenant; people quote it with the brand's prefix
    prefix: Mapped[str]  # the brand's, as it was at opening
    brand_id: Mapped[int]
    requester_id: Mapped[int]
    client_id: Mapped[int | None]
    subject: Mapped[str]
    kind: Mapped[RequestKind]
    channel: Mapped[Channel]
    priority: Mapped[Priority]
    priority_reason: Mapped[str | None]  # written; the requester sees it
    status: Mapped[TicketStatus]
    is_open: Mapped[bool] = mapped_column(
        Computed("status NOT IN ('resolved', 'closed')", persisted=True)
    )
    assignee_id: Mapped[int | None]  # a user of tenant 0
    language: Mapped[str]
    source_ref: Mapped[str | None]  # what it was made of, as "form:4f2a"; twice is once
    badge: Mapped[str | None]  # why to look twice, such as "other sender on HB-12"
    revision: Mapped[int]  # raised by each change; a write carries the one it saw
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    first_answered_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_count: Mapped[int]
    next_due_at: Mapped[datetime | None]  # the nearest running deadline; the queue's order
    next_due_kind: Mapped[str | None]  # ClockKind of it, or of the paused clock
    next_due_target_s: Mapped[int | None]  # its target, for "less than 10 % left"
    paused_reason: Mapped[str | None]  # why no clock runs, when none does

    @property
    def ref(self) -> str:
        """What people quote: HB-10481."""
        return f"{self.prefix}-{self.number}"


class Entry(TenantOwned, Base):
    """One message or note on a ticket; never changed."""

    __tablename__ = "entries"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
        Index(None, "tenant_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[int]
    kind: Mapped[EntryKind]
    channel: Mapped[Channel]
    author_kind: Mapped[AuthorKind]
    author_id: Mapped[int | None]  # user or requester, by author_kind
    author_name: Mapped[str]
    is_public: Mapped[bool]  # false: only the desk and the partner see it
    text: Mapped[str]  # what was written now
    quoted_text: Mapped[str]  # what was repeated from before
    has_html: Mapped[bool]
    html: Mapped[str | None] = mapped_column(deferred=True)  # sanitised
    trim_confidence: Mapped[float | None]  # 0 to 1; low shows the whole text
    raw_mail_id: Mapped[int | None]
    language: Mapped[str | None]
    revision: Mapped[int]  # of the ticket, with this entry
    created_at: Mapped[datetime]


class Attachment(TenantOwned, Base):
    """A file that came or went with an entry; its bytes are in the blob store."""

    __tablename__ = "attachments"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["entries.tenant_id", "entries.id"]),
        Index(None, "tenant_id", "ticket_id"),
        Index(None, "tenant_id", "entry_id"),
    )

    ticket_id: Mapped[int]
    entry_id: Mapped[int]
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    blob_key: Mapped[str]
    is_inline: Mapped[bool]
    content_id: Mapped[str | None]
    created_at: Mapped[datetime]


class TicketEvent(TenantOwned, Base):
    """One change of a ticket: who, what, when, before, after."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
        Index(None, "tenant_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[EventKind]
    author_kind: Mapped[AuthorKind]
    author_id: Mapped[int | None]
    author_name: Mapped[str]
    revision: Mapped[int]  # of the ticket, with this event
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class Participant(TenantOwned, Base):
    """An address that takes part in the conversation beside the requester."""

    __tablename__ = "participants"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
        UniqueConstraint("tenant_id", "ticket_id", "email"),
    )

    ticket_id: Mapped[int]
    email: Mapped[str]
    name: Mapped[str]
    added_at: Mapped[datetime]


class TicketLink(TenantOwned, Base):
    """`from_id` refers to `to_id`."""

    __tablename__ = "ticket_links"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "from_id"], ["tickets.tenant_id", "tickets.id"]),
        ForeignKeyConstraint(["tenant_id", "to_id"], ["tickets.tenant_id", "tickets.id"]),
        UniqueConstraint("tenant_id", "from_id", "to_id", "kind"),
        Index(None, "tenant_id", "to_id"),
    )

    from_id: Mapped[int]
    to_id: Mapped[int]
    kind: Mapped[LinkKind]
    created_at: Mapped[datetime]
