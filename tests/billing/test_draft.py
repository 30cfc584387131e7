"""From entries to lines: every entry is accounted for once, in any order."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.draft import CountedEntry, Draft, MonthUsage, TaxTable, draft_invoice
from billing.meters import Meter, MinuteRule, UsageFact
from billing.money import Money
from billing.plans import OfferedPlan, SubscribedPlan
from billing.rating import LineKind, MeterPrice, PlanTerms
from billing.tax import RUSSIAN_RATES, TaxCategory
from tests.billing.books import NOVEMBER

TAXES = TaxTable(RUSSIAN_RATES, "RU", TaxCategory.STANDARD)
CLOSED_ON = date(2026, 12, 4)


@st.composite
def months(draw) -> MonthUsage:
    rule = draw(st.sampled_from(list(MinuteRule)))
    prices = (
        MeterPrice(Meter.TICKETS, draw(st.integers(0, 8)), Decimal(350)),
        MeterPrice(Meter.CALL_SECONDS, draw(st.integers(0, 900)), Decimal(9)),
    )
    terms = PlanTerms(Money(490_000, "RUB"), None, rule, prices)
    plan = OfferedPlan(1, "start", "Start", date(2024, 1, 1), terms, seats=3)
    subscribed = SubscribedPlan(1, plan, date(2026, 1, 1), None, date(2026, 1, 1), NOVEMBER.zone)
    return MonthUsage(NOVEMBER, subscribed, (), tuple(draw(entries())))


@st.composite
def entries(draw) -> list[CountedEntry]:
    counted = [
        CountedEntry(
            number,
            UsageFact(
                meter=draw(st.sampled_from(list(Meter))),
                key=f"fact:{number}",
                at=NOVEMBER.start + timedelta(seconds=draw(st.integers(0, 29 * 86_400))),
                quantity=draw(st.integers(1, 300)),
            ),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
    voided = draw(st.lists(st.sampled_from(counted), unique=True)) if counted else []
    return counted + [
        CountedEntry(
            100 + entry.id,
            UsageFact(
                meter=entry.fact.meter,
                key=f"void:{entry.fact.key}",
                at=entry.fact.at + timedelta(hours=1),
                quantity=-entry.fact.quantity,
                voids=entry.fact.key,
            ),
        )
        for entry in voided
    ]


@given(months())
def test_the_entries_of_a_meters_lines_sum_to_what_was_used_of_it(month):
    for line in drafted(month).lines:
        figures = dict(line.line.derivation)
        listed = sum(entry.quantity for entry in line.entries)
        if line.line.kind is LineKind.OVERAGE:
            assert listed == figures["over"]
            assert all(entry.quantity > 0 for entry in line.entries)
        if line.line.kind is LineKind.ALLOWANCE:
            assert listed == figures["used"] - figures["over"]


@given(months())
def test_no_entry_is_left_unaccounted(month):
    listed = {entry.entry_id for line in drafted(month).lines for entry in line.entries}

    assert listed == {entry.id for entry in month.unbilled}


@given(months(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(month, random):
    shuffled = list(month.unbilled)
    random.shuffle(shuffled)
    other = MonthUsage(month.period, month.subscribed, (), tuple(shuffled))

    assert [line.line for line in drafted(other).lines] == [
        line.line for line in drafted(month).lines
    ]


@given(months())
def test_lines_sum_to_the_net_and_net_and_tax_to_the_total(month):
    draft = drafted(month)

    assert sum(line.line.amount.minor for line in draft.lines) == draft.totals.net.minor
    assert sum(group.tax.minor for group in draft.totals.groups) == draft.totals.tax.minor
    assert draft.totals.net + draft.totals.tax == draft.totals.total


def drafted(month: MonthUsage) -> Draft:
    return draft_invoice(month, (), taxes=TAXES, closed_on=CLOSED_ON)
