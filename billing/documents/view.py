"""An invoice in words and figures as its reader sees them: everything is text here.

Apart from the template, which only shows, and from the value, which knows no language.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

from billing.documents.words import InvoiceWords, invoice_words
from billing.issued import IssuedInvoice, IssuedLine
from billing.meters import Meter, started_minutes
from billing.money import Money, amount_text
from billing.rating import FeeRule, LineKind
from billing.tax import TaxRule

_PRICE = "#,##0.00########"


@dataclass(frozen=True, slots=True)
class LineView:
    """A line in words."""

    position: int
    title: str
    note: str
    quantity: str
    price: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice in words. `facts`, `sums`: (term, value)."""

    language: str
    words: InvoiceWords
    label: str
    facts: tuple[tuple[str, str], ...]
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    lines: tuple[LineView, ...]
    sums: tuple[tuple[str, str], ...]
    total: str
    notes: tuple[str, ...]


def invoice_view(invoice: IssuedInvoice) -> InvoiceView:
    """The invoice in the language it was issued in."""
    return _Writer(invoice).view()


def line_title(line: IssuedLine, *, invoice: IssuedInvoice) -> str:
    """What a line is for, in the invoice's language."""
    return _Writer(invoice).title(line)


class _Writer:
    """The language of one invoice, bound to its words and figures."""

    def __init__(self, invoice: IssuedInvoice) -> None:
        self.invoice = invoice
        self.words = invoice_words(invoice.language)
        try:
            self.locale = Locale.parse(invoice.language)
        except (UnknownLocaleError, ValueError):
            self.locale = Locale("en")

    def view(self) -> InvoiceView:
        invoice, words = self.invoice, self.words
        seller, buyer = invoice.seller, invoice.buyer
        return InvoiceView(
            language=invoice.language,
            words=words,
            label=invoice.label,
            facts=(
                (words.month, self.month(invoice.month)),
                (words.issued_on, self.day(invoice.issued_on)),
                (words.due_on, self.day(invoice.due_on)),
            ),
            seller=_given(seller.name, seller.address, seller.tax_ref, seller.bank_details),
            buyer=_given(buyer.name, buyer.address, buyer.country, buyer.tax_ref),
            lines=tuple(self.line(line) for line in invoice.lines),
            sums=self.sums(),
            total=self.money(invoice.totals.total),
            notes=(*self.reasons(), words.payment.format(label=invoice.label)),
        )

    def sums(self) -> tuple[tuple[str, str], ...]:
        totals = self.invoice.totals
        taxes = tuple(
            (
                self.words.tax_on.format(tax=self.tax(group.rule), base=self.money(group.base)),
                self.money(group.tax),
            )
            for group in totals.groups
        )
        return ((self.words.net, self.money(totals.net)), *taxes)

    def reasons(self) -> tuple[str, ...]:
        groups = self.invoice.totals.groups
        reasons = [self.words.reasons.get(group.rule.category) for group in groups]
        return tuple(reason for reason in reasons if reason)

    def line(self, line: IssuedLine) -> LineView:
        unit = self.words.units[line.unit] if line.unit else ""
        return LineView(
            position=line.position,
            title=self.title(line),
            note=self.note(line),
            quantity=f"{format_decimal(line.quantity, locale=self.locale)} {unit}".strip(),
            price=format_decimal(line.unit_price, _PRICE, locale=self.locale),
            tax=self.tax(line.tax),
            amount=self.money(line.amount),
        )

    def title(self, line: IssuedLine) -> str:
        month = self.month(line.month)
        if line.meter is None:
            is_first = line.derivation.get("rule") == FeeRule.FIRST_PERIOD.value
            words = self.words.first_fee if is_first else self.words.fee
            return words.format(plan=self.invoice.plan_name, month=month)
        title = self.words.titles[line.kind, line.meter]
        if line.month == self.invoice.month:
            return title
        return self.words.late.format(title=title, month=month)

    def note(self, line: IssuedLine) -> str:
        """What the line was made of, where the reader could not tell from the others."""
        figures = line.derivation
        if line.kind is LineKind.FEE and figures["days"] != figures["of_days"]:
            return self.words.days.format(days=figures["days"], of_days=figures["of_days"])
        if line.kind is LineKind.ALLOWANCE and line.meter is not None:
            return self.words.used[line.meter].format(
                used=_in_print(figures["used"], line.meter),
                included=_in_print(figures["included"], line.meter),
            )
        return ""

    def tax(self, rule: TaxRule) -> str:
        percent = format_decimal(rule.percent, locale=self.locale)
        return self.words.taxes[rule.category].format(percent=percent)

    def money(self, money: Money) -> str:
        amount = Decimal(amount_text(money))
        return format_currency(amount, money.currency, locale=self.locale)

    def month(self, first_day: date) -> str:
        return str(format_skeleton("yMMMM", first_day, locale=self.locale))

    def day(self, on: date) -> str:
        return str(format_date(on, "long", locale=self.locale))


def _given(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _in_print(quantity: int, meter: Meter) -> int:
    """Seconds as started minutes, tickets as they are."""
    return started_minutes(quantity) if meter is Meter.CALL_SECONDS else quantity
