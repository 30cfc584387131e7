"""The tables of all that leaves us."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.isolation import protect, show_to_desk, updates

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbound_messages",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("brand_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message_ref", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("unknown_outcomes", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_outbound_messages_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_outbound_messages_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_outbound_messages"),
        sa.UniqueConstraint(
            "tenant_id",
            "idempotency_key",
            name="uq_outbound_messages_tenant_id_idempotency_key",
        ),
    )
    op.create_index(
        "ix_outbound_messages_automatic",
        "outbound_messages",
        ["tenant_id", "recipient", "created_at"],
        unique=False,
        postgresql_where=sa.text("is_automatic"),
    )
    op.create_index(
        "ix_outbound_messages_newest",
        "outbound_messages",
        ["id"],
        unique=False,
    )
    op.create_index(
        "ix_outbound_messages_tenant_id_message_ref",
        "outbound_messages",
        ["tenant_id", "message_ref"],
        unique=False,
    )
    op.create_index(
        "ix_outbound_messages_tenant_id_ticket_id",
        "outbound_messages",
        ["tenant_id", "ticket_id"],
        unique=False,
    )
    op.create_index(
        "ix_outbound_messages_waiting",
        "outbound_messages",
        ["tenant_id", "status", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    protect(
        "outbound_messages",
        updates(
            "status",
            "attempts",
            "next_attempt_at",
            "claimed_at",
            "sent_at",
            "last_error",
            "unknown_outcomes",
        ),
    )
    show_to_desk(["outbound_messages"])


def downgrade() -> None:
    op.drop_index(
        "ix_outbound_messages_waiting",
        table_name="outbound_messages",
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.drop_index("ix_outbound_messages_tenant_id_ticket_id", table_name="outbound_messages")
    op.drop_index("ix_outbound_messages_tenant_id_message_ref", table_name="outbound_messages")
    op.drop_index("ix_outbound_messages_newest", table_name="outbound_messages")
    op.drop_index(
        "ix_outbound_messages_automatic",
        table_name="outbound_messages",
        postgresql_where=sa.text("is_automatic"),
    )
    op.drop_table("outbound_messages")
