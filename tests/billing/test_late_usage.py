"""What comes too late is billed once, at its own month's prices, and never changes a document."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.actions import change_plan, void_usage
from billing.late import late_lines
from billing.meters import Meter, MinuteRule, UsageFact
from billing.money import Money
from billing.proration import Share
from billing.rating import LineKind, MeterPrice, PlanTerms, rate
from tests.billing.books import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    at,
    closed,
    on_plan,
    one_ticket,
    refs_of,
    tickets,
)

JANUARY = DECEMBER.following()
AFTER_OCTOBER = at(4)
AFTER_DECEMBER = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)

facts = st.lists(
    st.builds(
        UsageFact,
        meter=st.sampled_from(list(Meter)),
        key=st.uuids().map(str),
        at=st.integers(0, 29 * 86_400).map(lambda s: NOVEMBER.start + timedelta(seconds=s)),
        quantity=st.integers(1, 400),
    ),
    max_size=12,
)
terms = st.builds(
    lambda included, seconds, rule: PlanTerms(
        Money(490_000, "RUB"),
        None,
        rule,
        (
            MeterPrice(Meter.TICKETS, included, Decimal(350)),
            MeterPrice(Meter.CALL_SECONDS, seconds, Decimal("9.5")),
        ),
    ),
    st.integers(0, 1500),
    st.integers(0, 1500),
    st.sampled_from(list(MinuteRule)),
)
shares = st.integers(0, 30).map(lambda days: Share(days, 30))


@given(terms, facts, facts, shares)
def test_a_month_and_its_late_usage_cost_what_they_cost_together(plan, billed, late, share):
    together = rate(plan, (*billed, *late), period=NOVEMBER, share=share)
    before = rate(plan, billed, period=NOVEMBER, share=share)

    added = late_lines(plan, billed, late, period=NOVEMBER, share=share)

    assert cost(before) + cost(added) == cost(together)


@given(terms, facts, facts, shares)
def test_late_overage_lists_exactly_what_exceeds_the_rest_of_the_allowance(
    plan, billed, late, share
):
    recorded = {
        line.meter: dict(line.derivation)["over"]
        for line in rate(plan, (*billed, *late), period=NOVEMBER, share=share)
        if line.kind is LineKind.OVERAGE
    }
    before = {
        line.meter: dict(line.derivation)["over"]
        for line in rate(plan, billed, period=NOVEMBER, share=share)
        if line.kind is LineKind.OVERAGE
    }

    for line in late_lines(plan, billed, late, period=NOVEMBER, share=share):
        assert line.amount.minor >= 0
        if line.kind is LineKind.OVERAGE:
            listed = sum(entry.quantity for entry in line.charged)
            assert listed == recorded[line.meter] - before.get(line.meter, 0)


def test_no_late_usage_adds_no_lines():
    plan = PlanTerms(
        Money(1, "RUB"),
        None,
        MinuteRule.PER_SECOND,
        (MeterPrice(Meter.TICKETS, 0, Decimal(1)),),
    )
    fact = UsageFact(Meter.TICKETS, "a", NOVEMBER.start, 1)

    assert late_lines(plan, [fact], [], period=NOVEMBER, share=Share(1, 1)) == ()
    assert replace(fact).quantity == 1


def test_a_late_ticket_joins_the_next_invoice_at_the_prices_of_its_month(harbour):
    on_plan(harbour)
    tickets(harbour, 10, month=10)
    october = closed(harbour, OCTOBER, now=AFTER_OCTOBER)
    with harbour.transaction() as session:
        change_plan(session, "all-inclusive", from_month=date(2026, 11, 1))
        one_ticket(session, 900, occurred_at=at(30, month=10))

    november = closed(harbour)

    late = [line for line in november.lines if line.month == OCTOBER.first_day]
    assert [(line.kind, line.quantity, line.amount.minor) for line in late] == [
        (LineKind.ALLOWANCE, 0, 0),
        (LineKind.OVERAGE, 1, 35_000),
    ]
    assert refs_of(harbour, november, late[1].position) == [900]
    assert closed(harbour, OCTOBER, now=AFTER_OCTOBER) == october


def test_late_usage_is_billed_once_over_all_later_months(harbour):
    on_plan(harbour)
    closed(harbour, OCTOBER, now=AFTER_OCTOBER)
    with harbour.transaction() as session:
        one_ticket(session, 900, occurred_at=at(30, month=10))

    months = [closed(harbour), closed(harbour, DECEMBER, now=AFTER_DECEMBER)]

    opened = [
        ref
        for invoice in months
        for line in invoice.lines
        for ref in refs_of(harbour, invoice, line.position)
    ]
    assert opened == [900]


def test_the_rest_of_a_month_closed_early_goes_to_the_next(harbour):
    on_plan(harbour)
    tickets(harbour, 9)
    early = closed(harbour, now=at(28, 10))
    with harbour.transaction() as session:
        one_ticket(session, 50, occurred_at=at(28, 11))
        one_ticket(session, 51, occurred_at=at(28, 12))

    december = closed(harbour, DECEMBER, now=AFTER_DECEMBER)

    assert early.lines[1].quantity == 9
    late = [line for line in december.lines if line.month == NOVEMBER.first_day]
    assert [(line.kind, line.quantity) for line in late] == [
        (LineKind.ALLOWANCE, 1),  # what was left of the allowance
        (LineKind.OVERAGE, 1),
    ]


def test_a_ticket_of_a_closed_month_that_is_taken_back_lowers_the_next_bill(harbour):
    on_plan(harbour)
    tickets(harbour, 3)
    closed(harbour, now=at(2, month=12))
    tickets(harbour, 11, first=100, month=12)
    with harbour.transaction() as session:
        key = "ticket:1"
        void_usage(session, meter=Meter.TICKETS, event_key=key, rule="spam", now=at(28, month=12))

    december = closed(harbour, DECEMBER, now=AFTER_DECEMBER)

    assert december.totals.net.minor == 490_000
    assert closed(harbour, JANUARY, now=datetime(2027, 2, 5, tzinfo=UTC)).lines[1].quantity == 0


def cost(lines) -> int:
    return sum(line.amount.minor for line in lines if line.kind is not LineKind.FEE)
