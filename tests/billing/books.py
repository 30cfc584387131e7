"""What tests of closing do again and again: subscribe, use, close, read."""

from datetime import UTC, date, datetime

from billing import queries
from billing.actions import record_usage, subscribe
from billing.flows.usage_to_invoice import usage_to_invoice
from billing.issued import IssuedInvoice
from billing.meters import Meter
from billing.periods import Period
from tests.cast import Cast

ZONE = "Europe/Kyiv"
OCTOBER = Period(2026, 10, ZONE)
NOVEMBER = Period(2026, 11, ZONE)
DECEMBER = Period(2026, 12, ZONE)
CLOSING = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)


def at(day: int, hour: int = 9, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def on_plan(tenant: Cast, slug: str = "start", starts_on: date = date(2026, 10, 1)) -> None:
    with tenant.transaction() as session:
        subscribe(session, slug, starts_on=starts_on, zone=ZONE)


def tickets(tenant: Cast, count: int, *, first: int = 1, month: int = 11) -> None:
    with tenant.transaction() as session:
        for number in range(first, first + count):
            one_ticket(session, number, occurred_at=at(1 + number % 27, month=month))


def one_ticket(session, number: int, *, occurred_at: datetime) -> bool:
    return record_usage(
        session,
        meter=Meter.TICKETS,
        event_key=f"ticket:{number}",
        occurred_at=occurred_at,
        quantity=1,
        ref_type="ticket",
        ref_id=number,
        rule="created by a client",
    )


def closed(tenant: Cast, period: Period = NOVEMBER, *, now: datetime = CLOSING) -> IssuedInvoice:
    with tenant.transaction() as session:
        done = usage_to_invoice(session, period, now=now)
        assert done is not None
        return queries.invoice(session, done.invoice_id)


def refs_of(tenant: Cast, invoice: IssuedInvoice, position: int) -> list[int]:
    with tenant.transaction() as session:
        return [row.ref_id for row in queries.line_usage(session, invoice.id, position)]
