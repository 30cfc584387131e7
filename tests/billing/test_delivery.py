"""An issued invoice is made a PDF and a mail, each once, wherever the power was cut."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from app.flows.month_to_invoice import month_to_invoice
from app.jobs import JobRefused
from app.jobs.close_due_months import close_due_months
from app.jobs.close_month import close_month
from app.jobs.deliver_invoice import deliver_invoice
from app.outbox.models import OutboundMessage
from billing import queries
from billing.closing import CloseRule
from billing.issued import Delivery
from tenants.access.roles import UserRole
from tenants.database import Role
from tenants.errors import Refused
from tests.billing.books import CLOSING, at, on_plan, tickets
from tests.cast import a_person

OCTOBER_DUE = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)


def test_a_closed_month_asks_for_its_delivery_and_is_audited_in_the_same_transaction(harbour):
    on_plan(harbour)

    invoice_id = issued(harbour)
    again = issued(harbour)

    assert again == invoice_id
    assert jobs(harbour) == [
        ("deliver_invoice", {"tenant_id": harbour.tenant_id, "invoice_id": invoice_id})
    ]
    with harbour.transaction() as session:
        actions = session.execute(text("SELECT action FROM audit_records ORDER BY id")).scalars()
        assert list(actions)[-1] == "close_month"


def test_delivery_makes_the_pdf_and_one_mail_to_the_partners_administrators(harbour, services):
    a_person(
        harbour.database,
        harbour.tenant_id,
        email="boss@harbour.example",
        role=UserRole.TENANT_ADMINISTRATOR,
    )
    on_plan(harbour)
    tickets(harbour, 12)
    invoice_id = issued(harbour)

    deliver_invoice(services, harbour.tenant_id, invoice_id)
    deliver_invoice(services, harbour.tenant_id, invoice_id)

    invoice = invoice_of(harbour, invoice_id)
    content = services.blobs.get(invoice.pdf_key)
    assert invoice.delivery is Delivery.SENT
    assert hashlib.sha256(content).hexdigest() == invoice.pdf_sha256
    (letter,) = letters(harbour)
    assert letter.recipient == "boss@harbour.example"
    assert letter.sender == invoice.seller.email
    assert letter.attachments[0]["blob_key"] == invoice.pdf_key
    assert "6,832.00" in letter.text
    assert f"/partner/invoices/{invoice_id}" in letter.text


def test_a_crash_after_the_file_was_stored_leads_to_the_same_pdf(harbour, services):
    on_plan(harbour)
    invoice_id = issued(harbour)
    key = f"{harbour.tenant_id}/invoices/{invoice_of(harbour, invoice_id).label}.pdf"
    services.blobs.put(key, b"half a file")

    deliver_invoice(services, harbour.tenant_id, invoice_id)

    assert services.blobs.get(key).startswith(b"%PDF-")
    assert invoice_of(harbour, invoice_id).pdf_key == key


def test_an_invoice_that_nobody_takes_keeps_waiting_with_its_pdf(harbour, services):
    on_plan(harbour)
    invoice_id = issued(harbour)

    deliver_invoice(services, harbour.tenant_id, invoice_id)

    assert invoice_of(harbour, invoice_id).delivery is Delivery.READY
    assert letters(harbour) == []
    with harbour.database.across_tenants() as session:
        assert queries.undelivered_invoices(session) == [(harbour.tenant_id, invoice_id)]


@pytest.mark.parametrize(
    ("rule", "now"),
    [
        (CloseRule.AFTER_GRACE, at(3, 21, month=12)),
        (CloseRule.AFTER_END, at(30, 21)),
        (CloseRule.AT_ONCE, at(31, 21, month=10)),
    ],
    ids=["in grace", "running", "before it began"],
)
def test_a_month_is_not_closed_before_its_rule_allows_it(harbour, rule, now):
    on_plan(harbour)

    with pytest.raises(Refused), harbour.transaction() as session:
        month_to_invoice(session, "2026-11", rule=rule, by="test", now=now)

    assert jobs(harbour) == []


def test_the_job_closes_a_month_that_is_past_its_grace_once(harbour, services):
    on_plan(harbour)

    close_month(services, harbour.tenant_id, "2026-10")
    close_month(services, harbour.tenant_id, "2026-10")

    with harbour.transaction() as session:
        assert [row.month for row in queries.invoices(session)] == [date(2026, 10, 1)]


def test_the_job_refuses_a_month_that_is_to_come_without_trying_again(harbour, services):
    on_plan(harbour)

    with pytest.raises(JobRefused):
        close_month(services, harbour.tenant_id, "2999-10")


def test_every_month_that_is_due_is_asked_for_once(harbour, meadow, services):
    on_plan(harbour, starts_on=date(2026, 10, 1))

    close_due_months(services)
    close_due_months(services)

    asked = [args for name, args in jobs(harbour) if name == "close_month"]
    assert {"tenant_id": harbour.tenant_id, "month": "2026-10"} in asked
    assert all(args["tenant_id"] != meadow.tenant_id for args in asked)
    assert len({args["month"] for args in asked}) == len(asked)


def issued(tenant) -> int:
    with tenant.transaction() as session:
        closed = month_to_invoice(
            session, "2026-11", rule=CloseRule.AFTER_GRACE, by="test", now=CLOSING
        )
    return closed.invoice_id


def invoice_of(tenant, invoice_id: int):
    with tenant.transaction() as session:
        return queries.invoice(session, invoice_id)


def letters(tenant) -> list[OutboundMessage]:
    with tenant.transaction() as session:
        return list(session.scalars(select(OutboundMessage)))


def jobs(tenant) -> list[tuple[str, dict[str, object]]]:
    with tenant.database.engine(Role.OPS).connect() as connection:
        rows = connection.execute(
            text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
        )
        return [(name, args) for name, args in rows]
