"""What is sold, what was used, and what was issued; facts and documents are only added."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from billing.meters import Meter, MinuteRule, Unit
from billing.rating import LineKind
from billing.tax import TaxCategory
from tenants.database import Base, TenantOwned


class PeriodState(enum.Enum):
    """Where a billing period stands. OPEN is written while a close is under way."""

    OPEN = "open"
    CLOSED = "closed"


class DocumentKind(enum.Enum):
    """Which series a document is numbered in."""

    INVOICE = "invoice"


class Plan(Base):
    """What a partner can subscribe to; its prices are versions."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]  # in lists, the smallest plan first


class PlanVersion(Base):
    """The prices of a plan from a day on; never edited, the next version follows it."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("plan_id", "valid_from"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    currency: Mapped[str]
    fee_minor: Mapped[int]
    first_period_fee_minor: Mapped[int | None]
    minute_rule: Mapped[MinuteRule]
    meters: Mapped[dict[str, Any]]  # {meter: {"included": units, "overage": "decimal"}}
    entitlements: Mapped[dict[str, Any]]  # what an operator does within the plan
    seats: Mapped[int]


class Seller(Base):
    """The provider as a party of its documents; each invoice keeps its own copy."""

    __tablename__ = "sellers"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    country: Mapped[str]  # ISO 3166, whose tax is levied
    tax_ref: Mapped[str]
    bank_details: Mapped[str]
    email: Mapped[str]  # invoices are sent from here
    zone: Mapped[str]  # IANA zone of the dates on its documents
    grace_days: Mapped[int]  # how long late usage still joins a month that is over
    payment_days: Mapped[int]


class TaxRateRow(Base):
    """A tax rate in force in a country, `[valid_from, valid_to)`."""

    __tablename__ = "tax_rates"
    __table_args__ = (UniqueConstraint("country", "category", "valid_from"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    country: Mapped[str]
    category: Mapped[TaxCategory]
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class DocumentSeries(Base):
    """The last number of a series; only the function `take_document_number` moves it."""

    __tablename__ = "doc_series"

    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class BillingProfile(Base):
    """How a tenant is named on its documents, and how it is taxed."""

    __tablename__ = "billing_profiles"

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenants.id"), primary_key=True, autoincrement=False
    )
    name: Mapped[str]
    address: Mapped[str]
    country: Mapped[str]
    tax_ref: Mapped[str]
    tax_category: Mapped[TaxCategory]
    email: Mapped[str]  # to whom invoices go


class Subscription(TenantOwned, Base):
    """A version of a plan over whole days; two never overlap."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        ExcludeConstraint(
            ("tenant_id", "="), ("during", "&&"), using="gist", name="ex_subscriptions_during"
        ),
        CheckConstraint("lower(during) IS NOT NULL", name="has_a_beginning"),
        CheckConstraint(
            "upper_inf(during) OR extract(day FROM upper(during)) = 1", name="ends_with_a_month"
        ),
    )

    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_versions.id"))
    during: Mapped[Range[date]] = mapped_column(DATERANGE)
    zone: Mapped[str]  # IANA zone of its months


class UsageEntry(TenantOwned, Base):
    """One immutable count; a correction is an opposite entry."""

    __tablename__ = "usage_entries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "meter", "event_key"),
        Index(None, "tenant_id", "occurred_at"),
    )

    meter: Mapped[Meter]
    event_key: Mapped[str]  # a stable name of the fact, such as "ticket:12"
    occurred_at: Mapped[datetime]
    quantity: Mapped[int]  # in the meter's unit
    ref_type: Mapped[str]  # what ref_id is the id of: ticket, call
    ref_id: Mapped[int]
    rule: Mapped[str]  # why it counts
    voids: Mapped[str | None]  # the key it takes back
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BillingPeriod(TenantOwned, Base):
    """A tenant's month; its row is what two closes at once wait for."""

    __tablename__ = "billing_periods"
    __table_args__ = (UniqueConstraint("tenant_id", "month"),)

    month: Mapped[date] = mapped_column(Date)  # its first day
    state: Mapped[PeriodState]
    cutoff_at: Mapped[datetime | None]  # usage from then on is late


class Invoice(TenantOwned, Base):
    """An issued invoice with its own copies of the parties; only PDF and mail come later."""

    __tablename__ = "invoices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "billing_period_id"],
            ["billing_periods.tenant_id", "billing_periods.id"],
        ),
        UniqueConstraint("tenant_id", "billing_period_id"),
        UniqueConstraint("tenant_id", "seller_id", "year", "number"),
        CheckConstraint("net_minor + tax_minor = total_minor", name="adds_up"),
    )

    billing_period_id: Mapped[int]
    seller_id: Mapped[int] = mapped_column(ForeignKey("sellers.id"))
    year: Mapped[int]
    number: Mapped[int]
    month: Mapped[date] = mapped_column(Date)
    zone: Mapped[str]
    issued_at: Mapped[datetime]
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    language: Mapped[str]
    plan_name: Mapped[str]
    seller: Mapped[dict[str, Any]]
    buyer: Mapped[dict[str, Any]]
    currency: Mapped[str]
    net_minor: Mapped[int]
    tax_minor: Mapped[int]
    total_minor: Mapped[int]
    pdf_sha256: Mapped[str | None]
    pdf_key: Mapped[str | None]  # in the blob store
    pdf_made_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]  # when its mail was written to the outbox


class InvoiceLine(TenantOwned, Base):
    """A priced line with everything it was made of."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "invoice_id"], ["invoices.tenant_id", "invoices.id"]),
        UniqueConstraint("tenant_id", "invoice_id", "position"),
    )

    invoice_id: Mapped[int]
    position: Mapped[int]  # from 1
    kind: Mapped[LineKind]
    meter: Mapped[Meter | None]
    month: Mapped[date] = mapped_column(Date)  # when it was used; earlier than the invoice's: late
    supplied_on: Mapped[date] = mapped_column(Date)
    quantity: Mapped[int]
    unit: Mapped[Unit | None]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(20, 10))
    amount_minor: Mapped[int]
    tax_category: Mapped[TaxCategory]
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    derivation: Mapped[dict[str, Any]]


class LineEntry(TenantOwned, Base):
    """How much of a usage entry a line accounts for; an entry without any is not billed yet."""

    __tablename__ = "line_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "invoice_line_id"], ["invoice_lines.tenant_id", "invoice_lines.id"]
        ),
        ForeignKeyConstraint(
            ["tenant_id", "usage_entry_id"], ["usage_entries.tenant_id", "usage_entries.id"]
        ),
        UniqueConstraint("tenant_id", "invoice_line_id", "usage_entry_id"),
        Index(None, "tenant_id", "usage_entry_id"),
    )

    invoice_line_id: Mapped[int]
    usage_entry_id: Mapped[int]
    quantity: Mapped[int]  # in the meter's unit; negative where it takes usage back
