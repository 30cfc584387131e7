"""The tables of mail as it arrived."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.isolation import protect, show_to_desk, updates

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raw_mails",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("envelope_sender", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("authentication", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("message_ref", sa.Text(), nullable=True),
        sa.Column("from_email", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name="fk_raw_mails_tenant_id_mailbox_id_mailboxes",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_raw_mails_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_raw_mails"),
        sa.UniqueConstraint(
            "tenant_id",
            "identity",
            "mailbox_id",
            name="uq_raw_mails_tenant_id_identity_mailbox_id",
        ),
    )
    op.create_index(
        "ix_raw_mails_held",
        "raw_mails",
        ["tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_raw_mails_message",
        "raw_mails",
        ["tenant_id", "message_ref"],
        unique=False,
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_index(
        "ix_raw_mails_ticket",
        "raw_mails",
        ["tenant_id", "ticket_id", "id"],
        unique=False,
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_index(
        "ix_raw_mails_waiting",
        "raw_mails",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('received', 'released')"),
    )
    protect(
        "raw_mails",
        updates(
            "authentication",
            "state",
            "attempts",
            "message_ref",
            "from_email",
            "subject",
            "cause",
            "ticket_id",
            "entry_id",
            "taken_at",
            "decided_by",
        ),
    )
    show_to_desk(["raw_mails"])


def downgrade() -> None:
    op.drop_index(
        "ix_raw_mails_waiting",
        table_name="raw_mails",
        postgresql_where=sa.text("state IN ('received', 'released')"),
    )
    op.drop_index(
        "ix_raw_mails_ticket",
        table_name="raw_mails",
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_raw_mails_message",
        table_name="raw_mails",
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_raw_mails_held",
        table_name="raw_mails",
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_table("raw_mails")
