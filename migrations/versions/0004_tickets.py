"""The tables of tickets and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.isolation import ADDED_ONLY, CHANGED, REPLACED, protect, show_to_desk

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DUE_ORDER = sa.text("coalesce(next_due_at, 'infinity'::timestamptz)")


def upgrade() -> None:
    op.create_table(
        "ticket_series",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_ticket_series"),
    )
    op.create_table(
        "tickets",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("priority_reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed("status NOT IN ('resolved', 'closed')", persisted=True),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("badge", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_count", sa.BigInteger(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_kind", sa.Text(), nullable=True),
        sa.Column("next_due_target_s", sa.BigInteger(), nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brands.tenant_id", "brands.id"],
            name="fk_tickets_tenant_id_brand_id_brands",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["clients.tenant_id", "clients.id"],
            name="fk_tickets_tenant_id_client_id_clients",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requester_id"],
            ["requesters.tenant_id", "requesters.id"],
            name="fk_tickets_tenant_id_requester_id_requesters",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tickets_tenant_id_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tickets"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_tickets_tenant_id_number"),
        sa.UniqueConstraint("tenant_id", "source_ref", name="uq_tickets_tenant_id_source_ref"),
    )
    op.create_index(
        "ix_tickets_queue_due",
        "tickets",
        [DUE_ORDER, "tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_tickets_queue_mine",
        "tickets",
        ["assignee_id", DUE_ORDER, "tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_tickets_queue_new",
        "tickets",
        ["created_at", "tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'new'"),
    )
    op.create_index(
        "ix_tickets_requester",
        "tickets",
        ["tenant_id", "requester_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_tickets_tenant_created",
        "tickets",
        ["tenant_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tickets_tenant_due",
        "tickets",
        ["tenant_id", DUE_ORDER, "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "entries",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("author_kind", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quoted_text", sa.Text(), nullable=False),
        sa.Column("has_html", sa.Boolean(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("trim_confidence", sa.Double(), nullable=True),
        sa.Column("raw_mail_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_entries_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_entries_tenant_id_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_entries"),
    )
    op.create_index(
        "ix_entries_tenant_id_ticket_id_id",
        "entries",
        ["tenant_id", "ticket_id", "id"],
        unique=False,
    )
    op.create_table(
        "participants",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_participants_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_participants_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_participants"),
        sa.UniqueConstraint(
            "tenant_id",
            "ticket_id",
            "email",
            name="uq_participants_tenant_id_ticket_id_email",
        ),
    )
    op.create_table(
        "ticket_events",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("author_kind", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_ticket_events_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_ticket_events_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_ticket_events"),
    )
    op.create_index(
        "ix_ticket_events_tenant_id_ticket_id_id",
        "ticket_events",
        ["tenant_id", "ticket_id", "id"],
        unique=False,
    )
    op.create_table(
        "ticket_links",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_ticket_links_tenant_id_from_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_ticket_links_tenant_id_to_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_ticket_links_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_ticket_links"),
        sa.UniqueConstraint(
            "tenant_id",
            "from_id",
            "to_id",
            "kind",
            name="uq_ticket_links_tenant_id_from_id_to_id_kind",
        ),
    )
    op.create_index(
        "ix_ticket_links_tenant_id_to_id",
        "ticket_links",
        ["tenant_id", "to_id"],
        unique=False,
    )
    op.create_table(
        "attachments",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("is_inline", sa.Boolean(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["entries.tenant_id", "entries.id"],
            name="fk_attachments_tenant_id_entry_id_entries",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_attachments_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_attachments_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_attachments"),
    )
    op.create_index(
        "ix_attachments_tenant_id_entry_id",
        "attachments",
        ["tenant_id", "entry_id"],
        unique=False,
    )
    op.create_index(
        "ix_attachments_tenant_id_ticket_id",
        "attachments",
        ["tenant_id", "ticket_id"],
        unique=False,
    )
    protect("ticket_series", CHANGED)
    protect("tickets", CHANGED)
    for table in ("entries", "attachments", "ticket_events", "ticket_links"):
        protect(table, ADDED_ONLY)
    protect("participants", REPLACED)
    show_to_desk(["tickets"])


def downgrade() -> None:
    op.drop_index("ix_attachments_tenant_id_ticket_id", table_name="attachments")
    op.drop_index("ix_attachments_tenant_id_entry_id", table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("ix_ticket_links_tenant_id_to_id", table_name="ticket_links")
    op.drop_table("ticket_links")
    op.drop_index("ix_ticket_events_tenant_id_ticket_id_id", table_name="ticket_events")
    op.drop_table("ticket_events")
    op.drop_table("participants")
    op.drop_index("ix_entries_tenant_id_ticket_id_id", table_name="entries")
    op.drop_table("entries")
    op.drop_index(
        "ix_tickets_tenant_due",
        table_name="tickets",
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index("ix_tickets_tenant_created", table_name="tickets")
    op.drop_index("ix_tickets_requester", table_name="tickets")
    op.drop_index(
        "ix_tickets_queue_new",
        table_name="tickets",
        postgresql_where=sa.text("status = 'new'"),
    )
    op.drop_index(
        "ix_tickets_queue_mine",
        table_name="tickets",
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ix_tickets_queue_due",
        table_name="tickets",
        postgresql_where=sa.text("is_open"),
    )
    op.drop_table("tickets")
    op.drop_table("ticket_series")
