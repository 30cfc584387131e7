"""An issued invoice as a value: what pages, the PDF and the CSV show.

Apart from the tables, so that documents take values and never rows.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.meters import Meter, Unit, UsageFact
from billing.money import Money
from billing.parties import BuyerDetails, SellerDetails
from billing.rating import LineKind
from billing.tax import TaxRule, Totals

LABEL = "INV-{year}-{number:05d}"


class Delivery(enum.Enum):
    """How far an issued invoice has come."""

    PREPARING = "preparing"  # its PDF is not made yet
    READY = "ready"
    SENT = "sent"  # its mail is in the outbox


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """A line as it was issued. `month`: the first day of the month of use."""

    id: int
    position: int
    kind: LineKind
    meter: Meter | None
    month: date
    supplied_on: date
    quantity: int
    unit: Unit | None
    unit_price: Decimal
    amount: Money
    tax: TaxRule
    derivation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """A whole invoice. `month`: the first day of the period; `zone`: IANA zone of it."""

    id: int
    tenant_id: int
    label: str
    month: date
    zone: str
    issued_at: datetime
    issued_on: date
    due_on: date
    language: str
    plan_name: str
    seller: SellerDetails
    buyer: BuyerDetails
    lines: tuple[IssuedLine, ...]
    totals: Totals
    pdf_key: str | None
    pdf_sha256: str | None
    mailed_at: datetime | None

    @property
    def currency(self) -> str:
        """The currency of all its sums."""
        return self.totals.total.currency

    @property
    def delivery(self) -> Delivery:
        """How far it has come."""
        return delivery_of(self.pdf_key, self.mailed_at)


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list."""

    id: int
    label: str
    month: date
    issued_on: date
    due_on: date
    total: Money
    delivery: Delivery

    @property
    def month_name(self) -> str:
        """The month as "2026-11"."""
        return f"{self.month:%Y-%m}"


@dataclass(frozen=True, slots=True)
class UsageRow:
    """A usage entry in a list; `quantity`: what counts of it there."""

    id: int
    fact: UsageFact
    rule: str
    ref_type: str
    ref_id: int
    quantity: int


def invoice_label(year: int, number: int) -> str:
    """What people quote: INV-2026-00001."""
    return LABEL.format(year=year, number=number)


def delivery_of(pdf_key: str | None, mailed_at: datetime | None) -> Delivery:
    """How far an invoice has come, by what is written on its row."""
    if pdf_key is None:
        return Delivery.PREPARING
    return Delivery.READY if mailed_at is None else Delivery.SENT
