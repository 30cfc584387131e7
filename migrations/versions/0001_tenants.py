"""The tables of tenants and the directory of names."""

import sqlalchemy as sa
from alembic import op

from migrations.isolation import claim_by_owner, protect, show_to_desk

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_names",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("name <> ''", name="ck_directory_names_name_is_given"),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_directory_names"),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
    )
    op.execute(
        "INSERT INTO tenants (id, slug, name, zone, language, state, created_at) "
        "VALUES (0, 'house', 'Provider', 'UTC', 'en', 'active', now())"
    )
    protect("tenants", "SELECT, UPDATE (name, zone, language, state)", key="id")
    show_to_desk(["tenants"], key="id")
    op.execute("GRANT INSERT, UPDATE ON tenants TO app_ops")
    claim_by_owner("directory_names")
    op.execute("GRANT SELECT ON directory_names TO app_desk")


def downgrade() -> None:
    op.drop_table("tenants")
    op.drop_table("directory_names")
