"""A quote: what a plan would cost for some usage, as the lines and totals of a document.

Pure, and the same rating as an invoice: what is quoted is what is billed.
"""

from billing.money import price_text
from billing.quote_request import quote_request
from billing.rating import RatedLine, rate
from billing.tax import Totals, document_totals

Row = dict[str, str | int | None]


def quote(document: object) -> tuple[Row, ...]:
    """The rated lines `{kind, meter, quantity, unit_price, amount_minor}`, then the totals.

    `document`: a parsed JSON request. Quantities are tickets and minutes, or seconds where the plan
    bills per second. Raises Refused naming what is wrong with the request.
    """
    request = quote_request(document)
    lines = rate(request.terms, request.facts, period=request.period, fee_rule=request.fee_rule)
    currency = request.terms.currency
    totals = document_totals([(line.amount, request.tax) for line in lines], currency)
    return (*(_line_row(line) for line in lines), _totals_row(totals, currency))


def _line_row(line: RatedLine) -> Row:
    return {
        "kind": line.kind.value,
        "meter": line.meter.value if line.meter else None,
        "quantity": line.quantity,
        "unit_price": price_text(line.unit_price, line.amount.currency),
        "amount_minor": line.amount.minor,
    }


def _totals_row(totals: Totals, currency: str) -> Row:
    return {
        "net_minor": totals.net.minor,
        "tax_minor": totals.tax.minor,
        "total_minor": totals.total.minor,
        "currency": currency,
    }
