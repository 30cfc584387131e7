"""Usage and invoices on pages: from a tile down to the ticket, for those it concerns."""

from datetime import date

import pytest

from app.clock import utc_now
from app.flows.month_to_invoice import month_to_invoice
from app.flows.request_to_ticket import count_ticket
from app.jobs.deliver_invoice import deliver_invoice
from app.tickets.actions import add_note
from app.tickets.changes import Author
from app.tickets.kinds import AuthorKind
from billing.actions import subscribe
from billing.closing import CloseRule
from billing.periods import period_of
from tenants.access.roles import UserRole
from tenants.database import HOUSE_ID
from tests.browsers import send
from tests.cast import Cast, a_person, an_operator
from tests.factories import a_ticket

ZONE = "Europe/Kyiv"


def test_the_partner_sees_usage_and_each_entry_opens_its_ticket(billed, boss):
    usage = boss.get("/partner/usage").get_data(as_text=True)

    assert "1 / 10" in usage
    assert f'href="/partner/tickets/{billed.ref}"' in usage


def test_the_partners_ticket_page_shows_public_words_and_no_notes(billed, boss):
    page = boss.get(f"/partner/tickets/{billed.ref}").get_data(as_text=True)

    assert "no network since this morning" in page
    assert "between us" not in page


def test_an_invoice_leads_from_its_line_to_the_ticket(billed, boss):
    listed = boss.get("/partner/invoices").get_data(as_text=True)
    invoice = boss.get(f"/partner/invoices/{billed.invoice_id}").get_data(as_text=True)
    line = boss.get(f"/partner/invoices/{billed.invoice_id}/lines/2").get_data(as_text=True)

    assert f'href="/partner/invoices/{billed.invoice_id}"' in listed
    assert f'href="/partner/invoices/{billed.invoice_id}/lines/2"' in invoice
    assert f'href="/partner/tickets/{billed.ref}"' in line


def test_the_pdf_and_the_table_are_files(billed, boss, services):
    assert boss.get(f"/partner/invoices/{billed.invoice_id}/pdf").status_code == 409  # being made
    deliver_invoice(services, billed.tenant.tenant_id, billed.invoice_id)

    pdf = boss.get(f"/partner/invoices/{billed.invoice_id}/pdf")
    table = boss.get(f"/partner/invoices/{billed.invoice_id}/csv")

    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert billed.ref in table.get_data(as_text=True)
    assert boss.get("/partner/usage.csv").data.startswith(b"\xef\xbb\xbf")


def test_a_subject_like_a_formula_stays_text_in_the_table(tenant_with_plan, boss):
    count(tenant_with_plan, a_ticket(tenant_with_plan, now=utc_now(), subject='=HYPERLINK("x")'))

    table = boss.get("/partner/usage.csv").get_data(as_text=True)

    assert "'=HYPERLINK" in table
    assert ",=HYPERLINK" not in table
    assert ',"=HYPERLINK' not in table


@pytest.mark.parametrize(
    "path",
    [
        "/partner/invoices/{invoice_id}",
        "/partner/invoices/{invoice_id}/pdf",
        "/partner/invoices/{invoice_id}/csv",
        "/partner/invoices/{invoice_id}/lines/2",
        "/partner/tickets/{ref}",
        "/partner/tickets/{ref}/attachments/1",
        "/partner/tickets/nonsense",
    ],
)
def test_another_partner_gets_404(billed, meadow, sign_in, path):
    a_person(
        meadow.database,
        meadow.tenant_id,
        email="cleo@meadow.example",
        role=UserRole.TENANT_ADMINISTRATOR,
    )
    cleo = sign_in("cleo@meadow.example", host=f"{meadow.host}:8000")

    answer = cleo.get(path.format(invoice_id=billed.invoice_id, ref=billed.ref))

    assert answer.status_code == 404


def test_the_clerk_closes_a_month_and_reads_its_invoice(tenant_with_plan, clerk):
    tenant_id, month = tenant_with_plan.tenant_id, period_of(utc_now(), ZONE).name
    count(tenant_with_plan, a_ticket(tenant_with_plan, now=utc_now()))
    page = f"/office/billing/partners/{tenant_id}"

    assert "1 / 10" in clerk.get("/office/billing").get_data(as_text=True)
    closing = f"{page}/months/{month}/closing"
    answers = [send(clerk, closing, {}, seen_at=page) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert "INV-" in clerk.get(answers[0].location).get_data(as_text=True)
    assert "INV-" in clerk.get("/office/billing/invoices").get_data(as_text=True)
    assert clerk.get(f"{answers[0].location}/lines/2").status_code == 200


def test_the_clerk_sets_plan_profile_and_seller(harbour, clerk):
    page = f"/office/billing/partners/{harbour.tenant_id}"
    profile = {"name": "Harbour OU", "country": "ee", "tax_category": "reverse_charge"}

    assert send(clerk, f"{page}/plan", {"plan": "optimum"}, seen_at=page).status_code == 303
    assert send(clerk, f"{page}/plan", {"plan": "start"}, seen_at=page).status_code == 303
    assert send(clerk, f"{page}/profile", profile, seen_at=page).status_code == 303
    assert send(clerk, f"{page}/profile", {"name": ""}, seen_at=page).status_code == 422
    shown = clerk.get(page).get_data(as_text=True)
    assert "Optimum" in shown
    assert "Harbour OU" in shown
    assert send(clerk, "/office/billing/seller", {"name": "", "zone": "x"}).status_code == 422
    assert clerk.get("/office/billing/seller").status_code == 200


def test_who_may_work_tickets_opens_them_from_the_office(billed, sign_in, database):
    an_operator(
        database,
        billed.tenant,
        email="root@provider.example",
        role=UserRole.PROVIDER_ADMINISTRATOR,
    )
    a_person(database, HOUSE_ID, email="clerk@provider.example", role=UserRole.BILLING_CLERK)
    path = (
        f"/office/billing/partners/{billed.tenant.tenant_id}/invoices/{billed.invoice_id}/lines/2"
    )

    root = sign_in("root@provider.example").get(path).get_data(as_text=True)
    clerk = sign_in("clerk@provider.example").get(path).get_data(as_text=True)

    assert f'href="/desk/tickets/{billed.ref}"' in root
    assert billed.ref in clerk
    assert "/desk/tickets/" not in clerk


class Billed:
    """A closed month of Harbour with one ticket in it."""

    def __init__(self, tenant: Cast, ref: str, invoice_id: int) -> None:
        self.tenant, self.ref, self.invoice_id = tenant, ref, invoice_id


@pytest.fixture
def tenant_with_plan(harbour) -> Cast:
    today = period_of(utc_now(), ZONE).first_day
    with harbour.transaction() as session:
        subscribe(session, "start", starts_on=date(today.year, today.month, 1), zone=ZONE)
    return harbour


@pytest.fixture
def billed(tenant_with_plan) -> Billed:
    now = utc_now()
    ticket = a_ticket(tenant_with_plan, now=now)
    count(tenant_with_plan, ticket)
    author = Author(AuthorKind.OPERATOR, 1, "Ada")
    with tenant_with_plan.transaction() as session:
        add_note(session, ticket.number, "between us", author=author, now=now)
        month = period_of(now, ZONE).name
        closed = month_to_invoice(session, month, rule=CloseRule.AT_ONCE, by="test", now=utc_now())
    return Billed(tenant_with_plan, ticket.ref, closed.invoice_id)


@pytest.fixture
def boss(harbour, sign_in):
    a_person(
        harbour.database,
        harbour.tenant_id,
        email="boss@harbour.example",
        role=UserRole.TENANT_ADMINISTRATOR,
    )
    return sign_in("boss@harbour.example", host=f"{harbour.host}:8000")


@pytest.fixture
def clerk(database, sign_in):
    a_person(database, HOUSE_ID, email="clerk@provider.example", role=UserRole.BILLING_CLERK)
    return sign_in("clerk@provider.example")


def count(tenant: Cast, ticket) -> None:
    with tenant.transaction() as session:
        count_ticket(session, ticket, now=ticket.created_at)
