"""Usage entries: those of a month, those not billed yet, those billed for a month."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from billing.draft import CountedEntry
from billing.issued import UsageRow
from billing.meters import UsageFact
from billing.models import InvoiceLine, LineEntry, UsageEntry
from billing.periods import Period
from tenants.database import acting_tenant

# Columns, not entities: a large month is read in a fifth of the time.
FACT = (
    UsageEntry.id,
    UsageEntry.meter,
    UsageEntry.event_key,
    UsageEntry.occurred_at,
    UsageEntry.quantity,
    UsageEntry.voids,
)


def usage_of(session: Session, period: Period) -> list[UsageRow]:
    """Everything that was used in `period`, the newest first."""
    rows = session.execute(
        select(*FACT, UsageEntry.rule, UsageEntry.ref_type, UsageEntry.ref_id)
        .where(
            UsageEntry.tenant_id == acting_tenant(session),
            UsageEntry.occurred_at >= period.start,
            UsageEntry.occurred_at < period.end,
        )
        .order_by(UsageEntry.occurred_at.desc(), UsageEntry.id.desc())
    )
    return [
        UsageRow(row.id, fact_of(row), row.rule, row.ref_type, row.ref_id, row.quantity)
        for row in rows
    ]


def unbilled(session: Session, *, before: datetime) -> list[CountedEntry]:
    """Entries of any month that no line accounts for, in the order they happened."""
    is_billed = exists().where(
        LineEntry.tenant_id == UsageEntry.tenant_id, LineEntry.usage_entry_id == UsageEntry.id
    )
    rows = session.execute(
        select(*FACT)
        .where(
            UsageEntry.tenant_id == acting_tenant(session),
            UsageEntry.occurred_at < before,
            ~is_billed,
        )
        .order_by(UsageEntry.occurred_at, UsageEntry.id)
    )
    return [CountedEntry(row.id, fact_of(row)) for row in rows]


def billed_in(session: Session, month: date) -> tuple[UsageFact, ...]:
    """What lines of `month` (its first day) account for, on whichever invoice they stand."""
    accounted = (
        select(LineEntry.usage_entry_id)
        .join(
            InvoiceLine,
            (InvoiceLine.tenant_id == LineEntry.tenant_id)
            & (InvoiceLine.id == LineEntry.invoice_line_id),
        )
        .where(LineEntry.tenant_id == acting_tenant(session), InvoiceLine.month == month)
    )
    rows = session.execute(
        select(*FACT)
        .where(UsageEntry.tenant_id == acting_tenant(session), UsageEntry.id.in_(accounted))
        .order_by(UsageEntry.occurred_at, UsageEntry.id)
    )
    return tuple(fact_of(row) for row in rows)


def fact_of(row: Row[*tuple[Any, ...]]) -> UsageFact:
    """The fact in a row of FACT."""
    return UsageFact(row.meter, row.event_key, row.occurred_at, row.quantity, row.voids)
