"""What an invoice looks like on paper, on a page and in a spreadsheet."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.documents.html import invoice_body
from billing.documents.pdf import invoice_pdf
from billing.documents.table import table_csv
from billing.documents.view import invoice_view
from billing.documents.words import ENGLISH, RUSSIAN, UKRAINIAN
from billing.issued import IssuedInvoice, IssuedLine
from billing.meters import Meter, Unit
from billing.money import Money
from billing.parties import BuyerDetails, SellerDetails
from billing.rating import LineKind
from billing.tax import TaxCategory, TaxRule, document_totals

STYLESHEET = (
    Path(__file__).parents[2] / "app" / "web" / "assets" / "css" / "document.css"
).read_text()
VAT = TaxRule(TaxCategory.STANDARD, Decimal(22))


def test_the_pdf_is_the_same_bytes_each_time():
    invoice = an_invoice()

    first, second = (invoice_pdf(invoice, stylesheet=STYLESHEET) for _ in range(2))

    assert first.startswith(b"%PDF-")
    assert first == second


@pytest.mark.parametrize("address", ["https://evil.example/x", "file:///etc/passwd"])
def test_the_pdf_fetches_nothing_from_network_or_disk(address):
    stylesheet = f'body {{ background-image: url("{address}") }}'

    with pytest.raises(ValueError, match="fetches nothing"):
        invoice_pdf(an_invoice(), stylesheet=stylesheet)


def test_names_are_text_and_never_markup():
    hostile = replace(an_invoice().buyer, name='<img src="file:///etc/passwd">')
    invoice = replace(an_invoice(), buyer=hostile)

    body = invoice_body(invoice_view(invoice), {})

    assert "<img" not in body
    assert invoice_pdf(invoice, stylesheet=STYLESHEET).startswith(b"%PDF-")


def test_the_page_and_the_pdf_share_the_body_and_only_the_page_has_links():
    view = invoice_view(an_invoice())

    linked, plain = invoice_body(view, {2: "/lines/2"}), invoice_body(view, {})

    assert '<a href="/lines/2">Tickets beyond the allowance</a>' in linked
    assert "<a " not in plain


def test_an_invoice_speaks_the_language_it_was_issued_in():
    russian = invoice_view(replace(an_invoice(), language="ru"))

    assert russian.lines[0].title.startswith("Start: абонентская плата, ноябрь 2026")
    assert russian.total == "6\xa0832,00\xa0₽"
    assert invoice_view(replace(an_invoice(), language="xx")).words is ENGLISH


@pytest.mark.parametrize("words", [ENGLISH, RUSSIAN, UKRAINIAN], ids=["en", "ru", "uk"])
def test_every_language_has_a_word_for_everything_that_can_stand_on_a_line(words):
    kinds = [LineKind.ALLOWANCE, LineKind.OVERAGE]

    assert set(words.titles) == {(kind, meter) for kind in kinds for meter in Meter}
    assert set(words.used) == set(Meter)
    assert set(words.units) == set(Unit)
    assert set(words.taxes) == set(TaxCategory)
    assert set(words.reasons) == set(TaxCategory) - {TaxCategory.STANDARD}


def test_a_late_line_names_its_month():
    invoice = an_invoice()
    late = replace(invoice.lines[1], month=date(2026, 10, 1))

    view = invoice_view(replace(invoice, lines=(invoice.lines[0], late)))

    assert view.lines[1].title == (
        "Tickets beyond the allowance, October 2026 (became known later)"
    )


@given(st.text())
def test_no_cell_of_a_table_begins_like_a_formula(text):
    (_, row) = read(table_csv(["a"], [[text]]))

    assert not (row and row[0].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")))


def test_numbers_stay_numbers_in_a_table():
    assert read(table_csv(["a", "b"], [[-1, "-1"]]))[1] == ["-1", "'-1"]


def read(content: bytes) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return rows if len(rows) > 1 else [*rows, []]


def an_invoice() -> IssuedInvoice:
    lines = (
        a_line(1, LineKind.FEE, None, quantity=1, price=4900),
        a_line(2, LineKind.OVERAGE, Meter.TICKETS, quantity=2, price=350),
    )
    return IssuedInvoice(
        id=1,
        tenant_id=3,
        label="INV-2026-00001",
        month=date(2026, 11, 1),
        zone="Europe/Kyiv",
        issued_at=datetime(2026, 12, 4, tzinfo=UTC),
        issued_on=date(2026, 12, 4),
        due_on=date(2026, 12, 14),
        language="en",
        plan_name="Start",
        seller=SellerDetails(
            1, "Desk LLC", "Moscow", "RU", "INN 1", "Bank", "b@d.example", "Europe/Moscow", 3, 10
        ),
        buyer=BuyerDetails("Harbour", "Kyiv", "UA", "", TaxCategory.STANDARD, ""),
        lines=lines,
        totals=document_totals([(line.amount, line.tax) for line in lines], "RUB"),
        pdf_key=None,
        pdf_sha256=None,
        mailed_at=None,
    )


def a_line(
    position: int, kind: LineKind, meter: Meter | None, *, quantity: int, price: int
) -> IssuedLine:
    return IssuedLine(
        id=position,
        position=position,
        kind=kind,
        meter=meter,
        month=date(2026, 11, 1),
        supplied_on=date(2026, 11, 30),
        quantity=quantity,
        unit=Unit.TICKET if meter else None,
        unit_price=Decimal(price),
        amount=Money(quantity * price * 100, "RUB"),
        tax=VAT,
        derivation={"rule": "regular", "days": 30, "of_days": 30},
    )
