"""The tables of billing, the shipped plans, and the function that numbers documents.

The series of numbers is the provider's, while an invoice is written in its tenant's transaction:
the application may therefore not touch `doc_series`, only call a function that moves one series
forward by one. The row stays locked to the end of that transaction, so a rollback leaves no hole.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.isolation import ADDED_ONLY, CHANGED, TENANT, protect, share, updates
from migrations.shipped_plans import ship_plans, ship_seller

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NEXT_NUMBER = """
CREATE FUNCTION take_document_number(of_seller bigint, of_kind text, of_year bigint)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.doc_series AS series (seller_id, kind, year, last_number)
  VALUES (of_seller, of_kind, of_year, 1)
  ON CONFLICT (seller_id, kind, year) DO UPDATE SET last_number = series.last_number + 1
  RETURNING last_number
$$
"""
NUMBERING = "take_document_number(bigint, text, bigint)"


def upgrade() -> None:
    _create_plans()
    _create_seller()
    _create_subscriptions()
    _create_usage()
    _create_periods()
    _create_invoices()
    _create_lines()
    ship_plans()
    ship_seller()
    _grant()


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {NUMBERING}")
    for table in (
        "line_entries",
        "invoice_lines",
        "invoices",
        "billing_periods",
        "usage_entries",
        "subscriptions",
        "billing_profiles",
        "doc_series",
        "tax_rates",
        "sellers",
        "plan_versions",
        "plans",
    ):
        op.drop_table(table)


def _create_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("slug", name="uq_plans_slug"),
    )
    op.create_table(
        "plan_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("first_period_fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("minute_rule", sa.String(length=40), nullable=False),
        sa.Column("meters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entitlements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_plan_versions_plan_id_plans"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_versions"),
        sa.UniqueConstraint("plan_id", "valid_from", name="uq_plan_versions_plan_id_valid_from"),
    )


def _create_seller() -> None:
    op.create_table(
        "sellers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_ref", sa.Text(), nullable=False),
        sa.Column("bank_details", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("grace_days", sa.BigInteger(), nullable=False),
        sa.Column("payment_days", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sellers"),
    )
    op.create_table(
        "tax_rates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tax_rates"),
        sa.UniqueConstraint(
            "country", "category", "valid_from", name="uq_tax_rates_country_category_valid_from"
        ),
    )
    op.create_table(
        "doc_series",
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name="fk_doc_series_seller_id_sellers"
        ),
        sa.PrimaryKeyConstraint("seller_id", "kind", "year", name="pk_doc_series"),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "billing_profiles",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_ref", sa.Text(), nullable=False),
        sa.Column("tax_category", sa.String(length=40), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_billing_profiles_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_billing_profiles"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_version_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="ex_subscriptions_during",
        ),
        sa.CheckConstraint("lower(during) IS NOT NULL", name="ck_subscriptions_has_a_beginning"),
        sa.CheckConstraint(
            "upper_inf(during) OR extract(day FROM upper(during)) = 1",
            name="ck_subscriptions_ends_with_a_month",
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_versions.id"],
            name="fk_subscriptions_plan_version_id_plan_versions",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_subscriptions_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_subscriptions"),
    )


def _create_usage() -> None:
    op.create_table(
        "usage_entries",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("meter", sa.String(length=40), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("ref_type", sa.Text(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("voids", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_usage_entries_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_usage_entries"),
        sa.UniqueConstraint(
            "tenant_id", "meter", "event_key", name="uq_usage_entries_tenant_id_meter_event_key"
        ),
    )
    op.create_index(
        "ix_usage_entries_tenant_id_occurred_at",
        "usage_entries",
        ["tenant_id", "occurred_at"],
        unique=False,
    )


def _create_periods() -> None:
    op.create_table(
        "billing_periods",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cutoff_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_billing_periods_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_billing_periods"),
        sa.UniqueConstraint("tenant_id", "month", name="uq_billing_periods_tenant_id_month"),
    )


def _create_invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("billing_period_id", sa.BigInteger(), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("plan_name", sa.Text(), nullable=False),
        sa.Column("seller", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("buyer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_key", sa.Text(), nullable=True),
        sa.Column("pdf_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("net_minor + tax_minor = total_minor", name="ck_invoices_adds_up"),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name="fk_invoices_seller_id_sellers"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "billing_period_id"],
            ["billing_periods.tenant_id", "billing_periods.id"],
            name="fk_invoices_tenant_id_billing_period_id_billing_periods",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_invoices_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_invoices"),
        sa.UniqueConstraint(
            "tenant_id", "billing_period_id", name="uq_invoices_tenant_id_billing_period_id"
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "seller_id",
            "year",
            "number",
            name="uq_invoices_tenant_id_seller_id_year_number",
        ),
    )


def _create_lines() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("meter", sa.String(length=40), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("supplied_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("unit_price", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", sa.String(length=40), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("derivation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoices.tenant_id", "invoices.id"],
            name="fk_invoice_lines_tenant_id_invoice_id_invoices",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_invoice_lines_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_invoice_lines"),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "position",
            name="uq_invoice_lines_tenant_id_invoice_id_position",
        ),
    )
    op.create_table(
        "line_entries",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_line_id", sa.BigInteger(), nullable=False),
        sa.Column("usage_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_line_id"],
            ["invoice_lines.tenant_id", "invoice_lines.id"],
            name="fk_line_entries_tenant_id_invoice_line_id_invoice_lines",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "usage_entry_id"],
            ["usage_entries.tenant_id", "usage_entries.id"],
            name="fk_line_entries_tenant_id_usage_entry_id_usage_entries",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_line_entries_tenant_id_tenants"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_line_entries"),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_line_id",
            "usage_entry_id",
            name="uq_line_entries_tenant_id_invoice_line_id_usage_entry_id",
        ),
    )
    op.create_index(
        "ix_line_entries_tenant_id_usage_entry_id",
        "line_entries",
        ["tenant_id", "usage_entry_id"],
        unique=False,
    )


def _grant() -> None:
    for table in ("plans", "plan_versions", "tax_rates"):
        share(table, "SELECT")
    op.execute(NEXT_NUMBER)
    op.execute(f"REVOKE ALL ON FUNCTION {NUMBERING} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {NUMBERING} TO app_user")
    op.execute("GRANT SELECT ON doc_series TO app_ops")
    _open_seller_to_the_house()
    protect("billing_profiles", CHANGED)
    protect("subscriptions", updates("during"))
    protect("usage_entries", ADDED_ONLY)
    protect("billing_periods", updates("state", "cutoff_at"))
    protect("invoices", updates("pdf_sha256", "pdf_key", "pdf_made_at", "mailed_at"))
    protect("invoice_lines", ADDED_ONLY)
    protect("line_entries", ADDED_ONLY)


def _open_seller_to_the_house() -> None:
    """Every tenant reads whom it pays; only the provider, tenant 0, may change it."""
    op.execute("ALTER TABLE sellers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sellers FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY read_by_all ON sellers FOR SELECT TO app_user USING (true)")
    op.execute(
        f"CREATE POLICY changed_by_house ON sellers FOR UPDATE TO app_user "
        f"USING ({TENANT} = 0) WITH CHECK ({TENANT} = 0)"
    )
    op.execute("GRANT SELECT, UPDATE ON sellers TO app_user")
    op.execute("GRANT SELECT ON sellers TO app_ops")
