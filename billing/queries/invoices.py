"""Issued invoices, their lines, and the usage behind a line."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.issued import (
    InvoiceRow,
    IssuedInvoice,
    IssuedLine,
    UsageRow,
    delivery_of,
    invoice_label,
)
from billing.models import (
    BillingPeriod,
    Invoice,
    InvoiceLine,
    LineEntry,
    PeriodState,
    UsageEntry,
)
from billing.money import Money
from billing.parties import buyer_of, seller_of
from billing.queries.usage import FACT, fact_of
from billing.tax import TaxRule, document_totals
from tenants.database import acting_tenant
from tenants.errors import NotFound

NEWEST = 100


def invoices(session: Session) -> list[InvoiceRow]:
    """The tenant's invoices, the newest first."""
    rows = session.scalars(
        select(Invoice)
        .where(Invoice.tenant_id == acting_tenant(session))
        .order_by(Invoice.issued_at.desc(), Invoice.id.desc())
    )
    return [
        InvoiceRow(
            id=row.id,
            label=invoice_label(row.year, row.number),
            month=row.month,
            issued_on=row.issued_on,
            due_on=row.due_on,
            total=Money(row.total_minor, row.currency),
            delivery=delivery_of(row.pdf_key, row.mailed_at),
        )
        for row in rows
    ]


def invoice(session: Session, invoice_id: int) -> IssuedInvoice:
    """A whole invoice. Raises NotFound."""
    row = session.scalars(
        select(Invoice).where(Invoice.tenant_id == acting_tenant(session), Invoice.id == invoice_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such invoice.")
    lines = _lines(session, row)
    return IssuedInvoice(
        id=row.id,
        tenant_id=row.tenant_id,
        label=invoice_label(row.year, row.number),
        month=row.month,
        zone=row.zone,
        issued_at=row.issued_at,
        issued_on=row.issued_on,
        due_on=row.due_on,
        language=row.language,
        plan_name=row.plan_name,
        seller=seller_of(row.seller),
        buyer=buyer_of(row.buyer),
        lines=lines,
        totals=document_totals([(line.amount, line.tax) for line in lines], row.currency),
        pdf_key=row.pdf_key,
        pdf_sha256=row.pdf_sha256,
        mailed_at=row.mailed_at,
    )


def invoice_of_period(session: Session, billing_period_id: int) -> int | None:
    """The id of the invoice that closed a period."""
    return session.scalars(
        select(Invoice.id).where(
            Invoice.tenant_id == acting_tenant(session),
            Invoice.billing_period_id == billing_period_id,
        )
    ).one_or_none()


def closed_periods(session: Session) -> frozenset[date]:
    """The first days of the tenant's closed months."""
    return frozenset(
        session.scalars(
            select(BillingPeriod.month).where(
                BillingPeriod.tenant_id == acting_tenant(session),
                BillingPeriod.state == PeriodState.CLOSED,
            )
        )
    )


def line_usage(session: Session, invoice_id: int, position: int) -> list[UsageRow]:
    """The usage a line accounts for, in the order it happened. Raises NotFound without the line."""
    tenant_id = acting_tenant(session)
    line_id = session.scalars(
        select(InvoiceLine.id).where(
            InvoiceLine.tenant_id == tenant_id,
            InvoiceLine.invoice_id == invoice_id,
            InvoiceLine.position == position,
        )
    ).one_or_none()
    if line_id is None:
        raise NotFound("There is no such line.")
    rows = session.execute(
        select(
            *FACT,
            UsageEntry.rule,
            UsageEntry.ref_type,
            UsageEntry.ref_id,
            LineEntry.quantity.label("counted"),
        )
        .join(
            LineEntry,
            (LineEntry.tenant_id == UsageEntry.tenant_id)
            & (LineEntry.usage_entry_id == UsageEntry.id),
        )
        .where(UsageEntry.tenant_id == tenant_id, LineEntry.invoice_line_id == line_id)
        .order_by(UsageEntry.occurred_at, UsageEntry.id)
    )
    return [
        UsageRow(row.id, fact_of(row), row.rule, row.ref_type, row.ref_id, row.counted)
        for row in rows
    ]


def newest_invoices(session: Session) -> dict[int, frozenset[int]]:
    """Ids of the newest invoices by tenant, a page of them. `session`: across tenants."""
    rows = session.execute(
        select(Invoice.tenant_id, Invoice.id)
        .order_by(Invoice.issued_at.desc(), Invoice.id.desc())
        .limit(NEWEST)
    )
    found: dict[int, frozenset[int]] = {}
    for tenant_id, invoice_id in rows:
        found[tenant_id] = found.get(tenant_id, frozenset()) | {invoice_id}
    return found


def undelivered_invoices(session: Session) -> list[tuple[int, int]]:
    """(tenant, invoice) of invoices without PDF or mail. `session`: across tenants."""
    rows = session.execute(
        select(Invoice.tenant_id, Invoice.id)
        .where(or_(Invoice.pdf_key.is_(None), Invoice.mailed_at.is_(None)))
        .order_by(Invoice.tenant_id, Invoice.id)
    )
    return [(tenant_id, invoice_id) for tenant_id, invoice_id in rows]


def _lines(session: Session, row: Invoice) -> tuple[IssuedLine, ...]:
    lines = session.scalars(
        select(InvoiceLine)
        .where(InvoiceLine.tenant_id == row.tenant_id, InvoiceLine.invoice_id == row.id)
        .order_by(InvoiceLine.position)
    )
    return tuple(
        IssuedLine(
            id=line.id,
            position=line.position,
            kind=line.kind,
            meter=line.meter,
            month=line.month,
            supplied_on=line.supplied_on,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            amount=Money(line.amount_minor, row.currency),
            tax=TaxRule(line.tax_category, line.tax_percent),
            derivation=line.derivation,
        )
        for line in lines
    )


def document_keys(session: Session) -> frozenset[str]:
    """The keys in the blob store under which the documents of the session's tenant are kept."""
    keys = select(Invoice.pdf_key).where(Invoice.tenant_id == acting_tenant(session))
    return frozenset(key for key in session.scalars(keys) if key is not None)
