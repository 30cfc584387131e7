"""A month is closed: its row is locked, the invoice takes its number and is written for good."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from billing.draft import Draft, DraftLine
from billing.models import (
    BillingPeriod,
    DocumentKind,
    Invoice,
    InvoiceLine,
    LineEntry,
    PeriodState,
)
from billing.parties import BuyerDetails, SellerDetails, buyer_copy, seller_copy
from billing.periods import Period
from tenants.database import acting_tenant

_LINE_ENTRIES: Table = LineEntry.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class LockedPeriod:
    """A billing period whose row is ours to the end of the transaction."""

    id: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything an invoice is made of but its number. `language`: of its words."""

    billing_period_id: int
    period: Period
    draft: Draft
    seller: SellerDetails
    buyer: BuyerDetails
    plan_name: str
    language: str


def lock_period(session: Session, period: Period) -> LockedPeriod:
    """The tenant's period, made where it is missing. A second close of it waits here.

    All periods of the tenant are locked: late usage of one must not join two that close at once.
    """
    tenant_id = acting_tenant(session)
    session.execute(
        upsert(BillingPeriod)
        .values(tenant_id=tenant_id, month=period.first_day, state=PeriodState.OPEN)
        .on_conflict_do_nothing()
    )
    rows = session.execute(
        select(BillingPeriod.month, BillingPeriod.id, BillingPeriod.state)
        .where(BillingPeriod.tenant_id == tenant_id)
        .order_by(BillingPeriod.month)
        .with_for_update()
    )
    places = {row.month: LockedPeriod(row.id, row.state is PeriodState.CLOSED) for row in rows}
    return places[period.first_day]


def issue_invoice(session: Session, issue: Issue, *, now: datetime) -> int:
    """Write the invoice and return its id. The number is taken last: others wait for it.

    A failure afterwards gives the number back, since both are one transaction.
    """
    issued_on = now.astimezone(ZoneInfo(issue.seller.zone)).date()
    number = session.execute(
        select(
            func.take_document_number(issue.seller.id, DocumentKind.INVOICE.value, issued_on.year)
        )
    ).scalar_one()
    invoice_id = _add_invoice(session, issue, number=number, issued_on=issued_on, now=now)
    _add_lines(session, invoice_id, issue.draft.lines)
    return invoice_id


def close_period(session: Session, billing_period_id: int, *, cutoff_at: datetime) -> None:
    """Nothing joins the period any more."""
    session.execute(
        update(BillingPeriod)
        .where(
            BillingPeriod.tenant_id == acting_tenant(session),
            BillingPeriod.id == billing_period_id,
        )
        .values(state=PeriodState.CLOSED, cutoff_at=cutoff_at)
    )


def record_pdf(
    session: Session, invoice_id: int, *, blob_key: str, sha256: str, now: datetime
) -> bool:
    """Note where the PDF lies; False where one was noted before."""
    changed = session.execute(
        update(Invoice)
        .where(
            Invoice.tenant_id == acting_tenant(session),
            Invoice.id == invoice_id,
            Invoice.pdf_key.is_(None),
        )
        .values(pdf_key=blob_key, pdf_sha256=sha256, pdf_made_at=now)
        .returning(Invoice.id)
    ).one_or_none()
    return changed is not None


def record_mail(session: Session, invoice_id: int, *, now: datetime) -> bool:
    """Note that the mail is in the outbox; False where it was noted before."""
    changed = session.execute(
        update(Invoice)
        .where(
            Invoice.tenant_id == acting_tenant(session),
            Invoice.id == invoice_id,
            Invoice.mailed_at.is_(None),
        )
        .values(mailed_at=now)
        .returning(Invoice.id)
    ).one_or_none()
    return changed is not None


def _add_invoice(
    session: Session, issue: Issue, *, number: int, issued_on: date, now: datetime
) -> int:
    totals = issue.draft.totals
    return session.execute(
        insert(Invoice)
        .values(
            tenant_id=acting_tenant(session),
            billing_period_id=issue.billing_period_id,
            seller_id=issue.seller.id,
            year=issued_on.year,
            number=number,
            month=issue.period.first_day,
            zone=issue.period.zone,
            issued_at=now,
            issued_on=issued_on,
            due_on=issued_on + timedelta(days=issue.seller.payment_days),
            language=issue.language,
            plan_name=issue.plan_name,
            seller=seller_copy(issue.seller),
            buyer=buyer_copy(issue.buyer),
            currency=totals.total.currency,
            net_minor=totals.net.minor,
            tax_minor=totals.tax.minor,
            total_minor=totals.total.minor,
        )
        .returning(Invoice.id)
    ).scalar_one()


def _add_lines(session: Session, invoice_id: int, lines: tuple[DraftLine, ...]) -> None:
    tenant_id = acting_tenant(session)
    for position, line in enumerate(lines, start=1):
        line_id = session.execute(
            insert(InvoiceLine)
            .values(
                tenant_id=tenant_id,
                invoice_id=invoice_id,
                position=position,
                **_line_values(line),
            )
            .returning(InvoiceLine.id)
        ).scalar_one()
        if line.entries:
            session.execute(
                insert(_LINE_ENTRIES),
                [
                    {
                        "tenant_id": tenant_id,
                        "invoice_line_id": line_id,
                        "usage_entry_id": entry.entry_id,
                        "quantity": entry.quantity,
                    }
                    for entry in line.entries
                ],
            )


def _line_values(line: DraftLine) -> dict[str, object]:
    return {
        "kind": line.line.kind,
        "meter": line.line.meter,
        "month": line.period.first_day,
        "supplied_on": line.supplied_on,
        "quantity": line.line.quantity,
        "unit": line.line.unit,
        "unit_price": line.line.unit_price,
        "amount_minor": line.line.amount.minor,
        "tax_category": line.tax.category,
        "tax_percent": line.tax.percent,
        "derivation": dict(line.line.derivation),
    }
