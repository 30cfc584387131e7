"""Usage is written down once per fact, whatever is repeated, and taken back once."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event

from billing import queries
from billing.actions import void_usage
from billing.meters import Meter
from tenants.database import Role
from tests.billing.books import NOVEMBER, at, closed, on_plan, one_ticket, tickets


def test_a_fact_that_is_recorded_again_changes_nothing(harbour):
    with harbour.transaction() as session:
        assert one_ticket(session, 1, occurred_at=at(3)) is True
        assert one_ticket(session, 1, occurred_at=at(29)) is False

    assert [row.fact.at for row in used(harbour)] == [at(3)]


def test_the_same_fact_of_many_at_once_is_one_entry(harbour):
    def record(_: int) -> bool:
        with harbour.transaction() as session:
            return one_ticket(session, 5, occurred_at=at(3))

    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(record, range(16)))

    assert sum(new) == 1


def test_the_same_key_of_two_tenants_is_two_facts(harbour, meadow):
    for tenant in (harbour, meadow):
        with tenant.transaction() as session:
            assert one_ticket(session, 1, occurred_at=at(3)) is True


def test_recording_is_one_statement(harbour):
    statements: list[str] = []
    engine = harbour.database.engine(Role.USER)
    with harbour.transaction() as session:
        session.connection()
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        one_ticket(session, 1, occurred_at=at(3))

    assert [statement.split()[0] for statement in statements] == ["INSERT"]


def test_what_is_taken_back_in_its_own_month_is_not_billed(harbour):
    on_plan(harbour)
    tickets(harbour, 11)

    assert void(harbour, 11, reason="the provider's own fault") is True
    invoice = closed(harbour)

    assert invoice.lines[1].quantity == 10
    assert invoice.totals.net.minor == 490_000


def test_a_fact_is_taken_back_once_and_stays_readable(harbour):
    with harbour.transaction() as session:
        one_ticket(session, 1, occurred_at=at(3))

    assert void(harbour, 1, reason="spam") is True
    assert void(harbour, 1, reason="spam") is False
    assert void(harbour, 2, reason="never counted") is False

    assert sorted(row.quantity for row in used(harbour)) == [-1, 1]
    assert {row.rule for row in used(harbour)} == {"created by a client", "spam"}


def test_what_takes_back_cannot_be_taken_back(harbour):
    with harbour.transaction() as session:
        one_ticket(session, 1, occurred_at=at(3))
    void(harbour, 1, reason="spam")

    with harbour.transaction() as session:
        again = void_usage(
            session, meter=Meter.TICKETS, event_key="void:ticket:1", rule="no", now=at(6)
        )

    assert again is False


def void(tenant, number: int, *, reason: str) -> bool:
    with tenant.transaction() as session:
        return void_usage(
            session, meter=Meter.TICKETS, event_key=f"ticket:{number}", rule=reason, now=at(20)
        )


def used(tenant):
    with tenant.transaction() as session:
        return queries.usage_of(session, NOVEMBER)
