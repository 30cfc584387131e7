"""What the provider's and the partner's pages show alike of usage and invoices."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.tickets.queries import TicketName, ticket_names
from app.web.downloads import download
from app.web.filters import iso
from app.web.services import services
from billing import queries
from billing.documents.html import invoice_body
from billing.documents.table import Cell, table_csv
from billing.documents.view import invoice_view, line_title
from billing.forecast import MeterSoFar, MonthSoFar
from billing.issued import Delivery, InvoiceRow, IssuedInvoice, IssuedLine, UsageRow
from billing.meters import Meter, started_minutes
from tenants.directory.queries import TenantRow
from tenants.errors import Refused

TICKET = "ticket"
METER_WORDS: dict[Meter, Any] = {
    Meter.TICKETS: _l("Tickets"),
    Meter.CALL_SECONDS: _l("Minutes of talk"),
}
DELIVERY_WORDS: dict[Delivery, Any] = {
    Delivery.PREPARING: _l("issued, PDF is being made"),
    Delivery.READY: _l("issued"),
    Delivery.SENT: _l("issued and sent"),
}
DELIVERY_TONES: dict[Delivery, str] = {
    Delivery.PREPARING: "soon",
    Delivery.READY: "accent",
    Delivery.SENT: "ok",
}


@dataclass(frozen=True, slots=True)
class MeterTile:
    """A meter of the open month in the unit people read."""

    label: Any
    used: int
    included: int
    over: int
    forecast: int

    @property
    def reach(self) -> int:
        """What the bar is drawn up to; a bar needs a length."""
        return max(self.included, 1)


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A usage entry with the name and the page of what it counts."""

    usage: UsageRow
    meter: Any
    quantity: int
    name: TicketName | None
    url: str | None


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """An invoice and its body, the same as in its PDF but for the links of its lines."""

    invoice: IssuedInvoice
    title: str
    body: Markup


def meter_tiles(month: MonthSoFar) -> tuple[MeterTile, ...]:
    """The meters of a month as tiles."""
    return tuple(_tile(meter) for meter in month.meters)


def used_rows(
    session: Session, rows: Iterable[UsageRow], *, ticket_url: Callable[[str], str | None]
) -> list[UsedRow]:
    """The entries with their tickets. `ticket_url`: reference to address, None for no right."""
    kept = list(rows)
    names = ticket_names(session, [row.ref_id for row in kept if row.ref_type == TICKET])
    return [_used(row, _name(row, names), ticket_url) for row in kept]


def invoice_shown(
    session: Session, invoice_id: int, *, line_url: Callable[[int], str]
) -> InvoiceShown:
    """The invoice with every line that has usage linked to it. Raises NotFound."""
    invoice = queries.invoice(session, invoice_id)
    links = {line.position: line_url(line.position) for line in invoice.lines if line.meter}
    view = invoice_view(invoice)
    return InvoiceShown(invoice, f"{view.words.title} {invoice.label}", invoice_body(view, links))


def invoice_item(
    row: InvoiceRow, url: str, partner: TenantRow | None
) -> tuple[InvoiceRow, str, Any, str, str]:
    """An invoice as the `invoice_table` macro takes it."""
    name = partner.name if partner else ""
    return row, url, DELIVERY_WORDS[row.delivery], DELIVERY_TONES[row.delivery], name


def line_of(invoice: IssuedInvoice, position: int) -> tuple[IssuedLine | None, str]:
    """A line and what it is for; (None, "") where the invoice has none of that position."""
    for line in invoice.lines:
        if line.position == position:
            return line, line_title(line, invoice=invoice)
    return None, ""


def pdf_download(invoice: IssuedInvoice) -> Response:
    """The invoice's PDF as a file. Raises Refused until it is made, GatewayError, NotFound."""
    if invoice.pdf_key is None:
        raise Refused(_("The PDF is being made. Try again in a minute."))
    content = services().blobs.get(invoice.pdf_key)
    return download(content, name=f"{invoice.label}.pdf", mimetype="application/pdf")


def invoice_csv(session: Session, invoice: IssuedInvoice) -> Response:
    """Every line with its usage, one row an entry; a line without usage is one row."""
    rows: list[list[Cell]] = []
    for line in invoice.lines:
        head: list[Cell] = [line.position, line_title(line, invoice=invoice)]
        usage = queries.line_usage(session, invoice.id, line.position)
        rows += [
            [*head, line.amount.minor, *_cells(used)]
            for used in used_rows(session, usage, ticket_url=lambda _ref: None)
        ]
        if not usage:
            rows.append([*head, line.amount.minor, *[""] * len(_columns())])
    header = [_("Line"), _("Service"), _("Amount, minor units"), *_columns()]
    return _csv(header, rows, name=f"{invoice.label}.csv")


def usage_csv(rows: Iterable[UsedRow], *, name: str) -> Response:
    """Usage entries, one row each."""
    return _csv(_columns(), [_cells(row) for row in rows], name=name)


def _tile(meter: MeterSoFar) -> MeterTile:
    figures = (meter.used, meter.included, meter.over, meter.forecast)
    return MeterTile(METER_WORDS[meter.meter], *(_in_print(meter.meter, each) for each in figures))


def _in_print(meter: Meter, quantity: int) -> int:
    return started_minutes(quantity) if meter is Meter.CALL_SECONDS else quantity


def _name(row: UsageRow, names: dict[int, TicketName]) -> TicketName | None:
    return names.get(row.ref_id) if row.ref_type == TICKET else None


def _used(
    row: UsageRow, name: TicketName | None, ticket_url: Callable[[str], str | None]
) -> UsedRow:
    return UsedRow(
        usage=row,
        meter=METER_WORDS[row.fact.meter],
        quantity=_in_print(row.fact.meter, row.quantity),
        name=name,
        url=ticket_url(name.ref) if name else None,
    )


def _columns() -> list[str]:
    return [_("At"), _("Ticket"), _("Subject"), _("Client"), _("Meter"), _("Quantity"), _("Why")]


def _cells(row: UsedRow) -> list[Cell]:
    name = row.name or TicketName("", "", "")
    when, why = iso(row.usage.fact.at), row.usage.rule
    return [when, name.ref, name.subject, name.client_name, str(row.meter), row.quantity, why]


def _csv(header: list[str], rows: Iterable[list[Cell]], *, name: str) -> Response:
    return download(table_csv(header, rows), name=name, mimetype="text/csv")
