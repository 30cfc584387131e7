"""A month is closed once, whole, and for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from billing import queries
from billing.actions import change_plan, set_billing_profile, subscribe
from billing.flows.usage_to_invoice import usage_to_invoice
from billing.meters import Meter
from billing.parties import BuyerDetails
from billing.periods import Period
from billing.rating import LineKind
from billing.tax import TaxCategory
from tenants.database import Role
from tenants.directory.actions import change_tenant
from tenants.errors import NotFound, Refused
from tests.billing.books import (
    CLOSING,
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    ZONE,
    at,
    closed,
    on_plan,
    one_ticket,
    refs_of,
    tickets,
)
from tests.cast import a_tenant


class Crash(Exception):
    """The power is cut."""


def test_usage_within_the_allowance_costs_the_fee_and_beyond_it_the_overage(harbour):
    on_plan(harbour)
    tickets(harbour, 12)

    invoice = closed(harbour)

    assert [
        (line.kind, line.meter, line.quantity, line.amount.minor) for line in invoice.lines
    ] == [
        (LineKind.FEE, None, 1, 490_000),
        (LineKind.ALLOWANCE, Meter.TICKETS, 10, 0),
        (LineKind.OVERAGE, Meter.TICKETS, 2, 70_000),
        (LineKind.ALLOWANCE, Meter.CALL_SECONDS, 0, 0),
    ]
    assert invoice.totals.net.minor == 560_000
    assert invoice.totals.tax.minor == 123_200  # 22 % from 2026 on
    assert invoice.label == "INV-2026-00001"


def test_every_line_opens_its_tickets_and_overage_lines_sum_to_their_quantity(harbour):
    on_plan(harbour)
    tickets(harbour, 12)

    invoice = closed(harbour)

    covered, beyond = refs_of(harbour, invoice, 2), refs_of(harbour, invoice, 3)
    assert len(covered) == 10
    assert beyond == [11, 12]  # the last two in order of time
    assert sorted(covered + beyond) == list(range(1, 13))


def test_closing_twice_gives_the_same_invoice_and_takes_one_number(harbour):
    on_plan(harbour)
    tickets(harbour, 3)

    first, second = closed(harbour), closed(harbour, now=at(20, month=12))

    assert first == second
    assert last_numbers(harbour.database) == [1]


def test_closes_at_the_same_time_give_one_invoice(harbour):
    on_plan(harbour)
    tickets(harbour, 11)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: closed(harbour), range(8)))

    assert len({invoice.id for invoice in found}) == 1
    assert all(invoice == found[0] for invoice in found)
    assert last_numbers(harbour.database) == [1]


def test_numbers_have_no_hole_or_repeat_under_concurrency_and_failures(database):
    partners = [
        a_tenant(database, slug=f"partner{n}", name=f"Partner {n}", prefix=f"P{n}")
        for n in range(9)
    ]
    for partner in partners:
        on_plan(partner)

    def close_or_crash(place: int) -> int:
        if place % 3 == 0:
            with pytest.raises(Crash):
                crashed_close(partners[place])
            return 0
        return int(closed(partners[place]).label[-5:])

    with ThreadPoolExecutor(6) as pool:
        numbers = [number for number in pool.map(close_or_crash, range(9)) if number]
    later = [int(closed(partners[place]).label[-5:]) for place in (0, 3, 6)]

    assert sorted(numbers) == list(range(1, 7))
    assert later == [7, 8, 9]


def test_a_crash_after_the_number_was_taken_leaves_no_trace(harbour):
    on_plan(harbour)
    tickets(harbour, 2)

    with pytest.raises(Crash):
        crashed_close(harbour)

    with harbour.transaction() as session:
        assert queries.invoices(session) == []
        assert queries.closed_periods(session) == frozenset()
    assert closed(harbour).label == "INV-2026-00001"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoices SET total_minor = 1, net_minor = 1, tax_minor = 0",
        "UPDATE invoices SET number = 7",
        "UPDATE invoices SET buyer = '{}'",
        "DELETE FROM invoices",
        "UPDATE invoice_lines SET amount_minor = 0",
        "DELETE FROM invoice_lines",
        "UPDATE line_entries SET quantity = 0",
        "DELETE FROM line_entries",
        "UPDATE usage_entries SET quantity = 0",
        "DELETE FROM usage_entries",
        "UPDATE plan_versions SET fee_minor = 1",
        "UPDATE tax_rates SET percent = 0",
        "UPDATE doc_series SET last_number = 0",
        "INSERT INTO doc_series VALUES (1, 'invoice', 2031, 5)",
        "DELETE FROM billing_periods",
    ],
)
def test_the_application_has_no_privilege_to_change_what_was_written(harbour, statement):
    on_plan(harbour)
    tickets(harbour, 11)
    before = closed(harbour)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        harbour.transaction() as session,
    ):
        session.execute(text(statement))

    with harbour.transaction() as session:
        assert queries.invoice(session, before.id) == before


def test_the_seller_is_changed_by_the_provider_only(harbour):
    with harbour.transaction() as session:
        changed = session.execute(text("UPDATE sellers SET bank_details = 'mine'"))

    assert changed.rowcount == 0


def test_a_later_name_plan_or_profile_leaves_an_issued_invoice_alone(harbour):
    on_plan(harbour)
    tickets(harbour, 11)
    before = closed(harbour)

    with harbour.transaction() as session:
        change_tenant(session, harbour.tenant_id, name="Other", zone="UTC", language="ru")
        change_plan(session, "optimum", from_month=date(2026, 12, 1))
        set_billing_profile(session, a_buyer(TaxCategory.EXEMPT))

    with harbour.transaction() as session:
        assert queries.invoice(session, before.id) == before


def test_a_partner_abroad_is_not_taxed_but_named_with_the_reason(harbour):
    on_plan(harbour)
    with harbour.transaction() as session:
        set_billing_profile(session, a_buyer(TaxCategory.REVERSE_CHARGE))

    invoice = closed(harbour)

    assert invoice.totals.tax.minor == 0
    assert {line.tax.category for line in invoice.lines} == {TaxCategory.REVERSE_CHARGE}
    assert invoice.buyer.name == "Harbour Hosting OU"


def test_the_first_part_month_owes_the_promotional_fee_and_a_part_of_the_allowance(harbour):
    on_plan(harbour, "optimum", starts_on=date(2026, 11, 16))
    tickets(harbour, 26)

    first, second = closed(harbour), closed(harbour, DECEMBER, now=at(5, month=12))

    assert first.lines[0].amount.minor == 490_000
    assert first.lines[1].quantity == 25  # half of fifty
    assert first.lines[2].quantity == 1
    assert second.lines[0].amount.minor == 1_390_000


def test_supply_of_2025_carries_the_tax_of_2025_whenever_it_is_invoiced(harbour):
    on_plan(harbour, starts_on=date(2025, 12, 1))

    invoice = closed(harbour, Period(2025, 12, ZONE), now=datetime(2026, 1, 5, tzinfo=UTC))

    assert {int(line.tax.percent) for line in invoice.lines} == {20}
    assert invoice.lines[0].supplied_on == date(2025, 12, 31)


def test_totals_are_the_sums_of_their_parts(harbour):
    on_plan(harbour)
    tickets(harbour, 17)

    totals = closed(harbour).totals

    assert totals.net + totals.tax == totals.total
    assert sum(group.tax.minor for group in totals.groups) == totals.tax.minor
    assert sum(group.base.minor for group in totals.groups) == totals.net.minor


def test_a_month_without_a_plan_has_no_invoice(harbour):
    on_plan(harbour, starts_on=date(2026, 12, 1))

    with harbour.transaction() as session:
        assert usage_to_invoice(session, OCTOBER, now=CLOSING) is None
        assert queries.closed_periods(session) == frozenset()


def test_a_month_that_has_not_begun_is_not_closed(harbour):
    on_plan(harbour)

    with pytest.raises(Refused), harbour.transaction() as session:
        usage_to_invoice(session, DECEMBER, now=at(30))


def test_two_plans_at_once_are_refused_by_the_database_too(harbour):
    on_plan(harbour)
    with pytest.raises(Refused), harbour.transaction() as session:
        subscribe(session, "optimum", starts_on=date(2027, 1, 1), zone=ZONE)

    overlap = (
        "INSERT INTO subscriptions (tenant_id, plan_version_id, during, zone) SELECT tenant_id, "
        "plan_version_id, daterange('2026-11-10', NULL), zone FROM subscriptions"
    )
    is_refused = pytest.raises(IntegrityError, match="ex_subscriptions_during")
    with is_refused, harbour.transaction() as session:
        session.execute(text(overlap))


def test_no_tenant_sees_usage_invoices_or_lines_of_another(harbour, meadow):
    on_plan(harbour)
    on_plan(meadow)
    tickets(harbour, 12)
    theirs = closed(harbour)
    mine = closed(meadow)

    with meadow.transaction() as session:
        assert [row.id for row in queries.invoices(session)] == [mine.id]
        assert queries.usage_of(session, NOVEMBER) == []
        with pytest.raises(NotFound):
            queries.invoice(session, theirs.id)
        with pytest.raises(NotFound):
            queries.line_usage(session, theirs.id, 1)
        for table in ("usage_entries", "invoices", "invoice_lines", "line_entries"):
            seen = session.execute(text(f"SELECT DISTINCT tenant_id FROM {table}"))  # noqa: S608
            assert set(seen.scalars()) <= {meadow.tenant_id}


def test_usage_that_is_committed_during_a_close_is_billed_by_the_next(harbour):
    on_plan(harbour)
    tickets(harbour, 10)

    with harbour.transaction() as open_session:
        one_ticket(open_session, 99, occurred_at=at(28))
        november = closed(harbour)
    december = closed(harbour, DECEMBER, now=at(31, 22, month=12))

    assert november.lines[1].quantity == 10
    late = [line for line in december.lines if line.month == date(2026, 11, 1)]
    assert [(line.kind, line.quantity, line.amount.minor) for line in late] == [
        (LineKind.ALLOWANCE, 0, 0),
        (LineKind.OVERAGE, 1, 35_000),
    ]


def crashed_close(tenant) -> None:
    with tenant.transaction() as session:
        usage_to_invoice(session, NOVEMBER, now=CLOSING)
        raise Crash


def last_numbers(database) -> list[int]:
    with database.engine(Role.OPS).connect() as connection:
        return list(connection.execute(text("SELECT last_number FROM doc_series")).scalars())


def a_buyer(category: TaxCategory) -> BuyerDetails:
    return BuyerDetails(
        name="Harbour Hosting OU",
        address="Tallinn",
        country="EE",
        tax_ref="EE100000000",
        tax_category=category,
        email="books@harbour.example",
    )
