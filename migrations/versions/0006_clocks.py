"""The tables of clocks and deadlines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.isolation import CHANGED, REPLACED, protect, updates

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_cycles",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False),
        sa.Column("calendar_version", sa.BigInteger(), nullable=False),
        sa.Column("service_level_id", sa.BigInteger(), nullable=False),
        sa.Column("service_level_version", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breach_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_clock_cycles_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_clock_cycles_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_clock_cycles"),
        sa.UniqueConstraint(
            "tenant_id",
            "ticket_id",
            "kind",
            "number",
            name="uq_clock_cycles_tenant_id_ticket_id_kind_number",
        ),
    )
    op.create_table(
        "deadlines",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cycle", sa.BigInteger(), nullable=False),
        sa.Column("threshold_pct", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name="fk_deadlines_tenant_id_ticket_id_tickets",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_deadlines_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_deadlines"),
        sa.UniqueConstraint(
            "tenant_id",
            "ticket_id",
            "kind",
            "cycle",
            "threshold_pct",
            name="uq_deadlines_tenant_id_ticket_id_kind_cycle_threshold_pct",
        ),
    )
    op.create_index(
        "ix_deadlines_running",
        "deadlines",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.create_table(
        "clock_pauses",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cycle_id"],
            ["clock_cycles.tenant_id", "clock_cycles.id"],
            name="fk_clock_pauses_tenant_id_cycle_id_clock_cycles",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_clock_pauses_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_clock_pauses"),
    )
    op.create_index(
        "ix_clock_pauses_tenant_id_cycle_id",
        "clock_pauses",
        ["tenant_id", "cycle_id"],
        unique=False,
    )
    protect("clock_cycles", CHANGED)
    protect("clock_pauses", updates("ended_at"))
    protect("deadlines", REPLACED)
    op.execute("GRANT UPDATE (fired_at) ON deadlines TO app_ops")
    op.execute(
        "ALTER TABLE deadlines SET "
        "(autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"
    )


def downgrade() -> None:
    op.drop_index("ix_clock_pauses_tenant_id_cycle_id", table_name="clock_pauses")
    op.drop_table("clock_pauses")
    op.drop_index(
        "ix_deadlines_running",
        table_name="deadlines",
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.drop_table("deadlines")
    op.drop_table("clock_cycles")
