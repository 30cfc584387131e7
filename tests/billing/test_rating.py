"""Usage and a plan to priced lines: the three shipped plans, then the invariants of any plan."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.meters import Meter, MinuteRule, Unit, UsageFact, billed_seconds, once_each
from billing.money import Money, rounded
from billing.periods import Period
from billing.proration import Share
from billing.rating import ChargedEntry, FeeRule, LineKind, MeterPrice, PlanTerms, rate
from tenants.errors import Refused

NOVEMBER = Period(2026, 11, "UTC")
FIRST_MOMENT = NOVEMBER.start


def rub(major: int) -> Money:
    return Money(major * 100, "RUB")


def plan(fee: int, tickets: tuple[int, int], minutes: tuple[int, int]) -> PlanTerms:
    return PlanTerms(
        fee=rub(fee),
        first_period_fee=rub(4900),
        minute_rule=MinuteRule.PERIOD_CEIL_MINUTE,
        prices=(
            MeterPrice(Meter.TICKETS, tickets[0], Decimal(tickets[1])),
            MeterPrice(Meter.CALL_SECONDS, minutes[0] * 60, Decimal(minutes[1])),
        ),
    )


START = plan(4900, (10, 350), (50, 9))
OPTIMUM = plan(13_900, (50, 300), (300, 8))
ALL_INCLUSIVE = plan(39_900, (200, 250), (1000, 7))


@pytest.mark.parametrize(
    ("terms", "net"),
    [
        (START, 4900 + 90 * 350 + 350 * 9),
        (OPTIMUM, 13_900 + 50 * 300 + 100 * 8),
        (ALL_INCLUSIVE, 39_900),
    ],
)
def test_a_busy_month_costs_what_the_plans_say(terms, net):
    usage = [*(ticket(n) for n in range(100)), *(call(n, 600) for n in range(40))]

    assert net_of(terms, usage) == rub(net)


def test_the_period_is_rounded_up_once():
    usage = [call(0, 3000), call(1, 1), call(2, 60)]

    assert overage_of(START, usage).quantity == 2


def test_each_call_can_be_rounded_up():
    terms = replace(START, minute_rule=MinuteRule.PER_CALL_CEIL_MINUTE)

    assert overage_of(terms, [call(0, 3000), call(1, 1), call(2, 61)]).quantity == 3


def test_each_second_can_be_billed():
    terms = replace(START, minute_rule=MinuteRule.PER_SECOND)

    line = overage_of(terms, [call(0, 3000), call(1, 125)])

    assert (line.quantity, line.unit, line.unit_price) == (125, Unit.SECOND, Decimal("0.15"))
    assert line.amount == Money(1875, "RUB")


def test_only_the_first_period_has_the_promotional_fee():
    first = rate(OPTIMUM, [], period=NOVEMBER, fee_rule=FeeRule.FIRST_PERIOD)
    without = replace(OPTIMUM, first_period_fee=None)

    assert first[0].amount == rub(4900)
    assert rate(OPTIMUM, [], period=NOVEMBER)[0].amount == rub(13_900)
    assert rate(without, [], period=NOVEMBER, fee_rule=FeeRule.FIRST_PERIOD)[0].amount == rub(
        13_900
    )


def test_a_part_month_prorates_fee_and_allowance_but_not_the_promotion():
    half = Share(15, 30)
    usage = [ticket(n) for n in range(6)]

    regular = rate(START, usage, period=NOVEMBER, share=half)
    first = rate(OPTIMUM, [], period=NOVEMBER, share=half, fee_rule=FeeRule.FIRST_PERIOD)

    assert regular[0].amount == rub(2450)
    assert [line.quantity for line in regular if line.meter is Meter.TICKETS] == [5, 1]
    assert first[0].amount == rub(4900)


def test_the_overage_names_the_entries_that_caused_it():
    usage = [call(0, 2000), call(1, 1500), call(2, 30)]

    charged = overage_of(START, usage).charged

    assert charged == (ChargedEntry("c001", 500), ChargedEntry("c002", 30))


def test_a_voided_entry_and_its_void_both_vanish():
    usage = [*(ticket(n) for n in range(12)), void(ticket(3))]

    line = overage_of(START, usage)

    assert [entry.key for entry in line.charged] == ["t011"]


def test_a_void_of_another_months_entry_frees_as_much_here():
    usage = [*(ticket(n) for n in range(12)), void(ticket(99))]

    assert overage_of(START, usage).quantity == 1


def test_a_void_of_a_void_brings_the_entry_back():
    first = void(ticket(0))
    second = UsageFact(Meter.TICKETS, "again", first.at + timedelta(minutes=1), 1, first.key)

    assert covered_tickets([ticket(0), first, second]) == 1


def test_usage_never_sums_to_less_than_nothing():
    lines = rate(START, [void(ticket(99))], period=NOVEMBER)

    assert [line.quantity for line in lines] == [1, 0, 0]


def test_usage_outside_of_the_month_does_not_count():
    usage = [
        replace(ticket(0), at=NOVEMBER.start - timedelta(microseconds=1)),
        replace(ticket(1), at=NOVEMBER.end),
        replace(ticket(2), at=NOVEMBER.start),
    ]

    assert covered_tickets(usage) == 1


def test_a_fact_told_again_with_another_date_counts_on_its_first():
    redated = replace(ticket(0), at=NOVEMBER.end + timedelta(days=1))

    assert covered_tickets([redated, ticket(0)]) == 1
    assert rate(START, [redated, ticket(0)], period=NOVEMBER.following())[1].quantity == 0


def test_usage_of_a_meter_without_a_price_is_refused():
    with pytest.raises(Refused, match="call_seconds"):
        rate(replace(START, prices=START.prices[:1]), [call(0, 1)], period=NOVEMBER)


def test_the_derivation_names_what_the_line_was_made_of():
    line = overage_of(START, [call(0, 3061)])

    assert dict(line.derivation) == {
        "used": 3061,
        "included": 3000,
        "over": 61,
        "overage_price": "9",
        "minute_rule": "period_ceil_minute",
    }


facts = st.lists(
    st.tuples(st.sampled_from(Meter), st.integers(0, 40 * 24 * 60), st.integers(1, 4000)),
    max_size=25,
).map(
    lambda rows: [
        UsageFact(
            meter,
            f"k{place}",
            FIRST_MOMENT + timedelta(minutes=minute),
            quantity if meter is Meter.CALL_SECONDS else 1,
        )
        for place, (meter, minute, quantity) in enumerate(rows)
    ]
)
plans = st.builds(
    lambda fee, included, included_s, price, per_minute, rule: PlanTerms(
        Money(fee, "RUB"),
        None,
        rule,
        (
            MeterPrice(Meter.TICKETS, included, price),
            MeterPrice(Meter.CALL_SECONDS, included_s, per_minute),
        ),
    ),
    st.integers(0, 10**7),
    st.integers(0, 12),
    st.integers(0, 20_000),
    st.decimals(0, 1000, places=4),
    st.decimals(0, 100, places=4),
    st.sampled_from(MinuteRule),
)


@given(plans, facts, st.randoms(use_true_random=False))
def test_the_order_of_usage_does_not_matter(terms, usage, random):
    assert rated(terms, random.sample(usage, len(usage))) == rated(terms, usage)


@given(plans, facts, st.randoms(use_true_random=False))
def test_usage_told_twice_counts_once(terms, usage, random):
    again = usage + random.sample(usage, len(usage) // 2)

    assert rated(terms, again) == rated(terms, usage)


@given(plans, facts)
def test_entries_marked_one_by_one_sum_to_the_overage(terms, usage):
    for line in rated(terms, usage):
        over = dict(line.derivation).get("over", 0)
        charged = sum(entry.quantity for entry in line.charged)
        assert charged == (over if line.kind is LineKind.OVERAGE else 0)


@given(plans, facts)
def test_the_overage_is_what_exceeds_the_allowance(terms, usage):
    for price in terms.prices:
        used = sum(
            billed_seconds(fact.quantity, terms.minute_rule)
            if fact.meter is Meter.CALL_SECONDS
            else fact.quantity
            for fact in usage
            if fact.meter is price.meter and fact.at in NOVEMBER
        )
        over = max(0, used - price.included)
        lines = [line for line in rated(terms, usage) if line.meter is price.meter]
        assert dict(lines[0].derivation)["over"] == over
        assert len(lines) == (2 if over else 1)


@given(plans, facts, st.integers(0, 25))
def test_a_month_rated_in_two_parts_is_the_month_with_the_rest_of_the_allowance(terms, usage, cut):
    in_order = once_each(usage)
    first, then = in_order[:cut], in_order[cut:]
    rest = replace(
        terms,
        prices=tuple(
            replace(price, included=max(0, price.included - used_of(terms, first, price.meter)))
            for price in terms.prices
        ),
    )

    for meter in Meter:
        assert over_of(terms, usage, meter) == over_of(terms, first, meter) + over_of(
            rest, then, meter
        )


@given(plans, facts, st.sampled_from(Meter), st.integers(1, 4000), st.integers(0, 29))
def test_more_usage_never_lowers_the_bill(terms, usage, meter, quantity, day):
    more = UsageFact(meter, "more", FIRST_MOMENT + timedelta(days=day), quantity)

    assert net_of(terms, usage) <= net_of(terms, [*usage, more])


@given(plans, facts, st.randoms(use_true_random=False))
def test_voiding_everything_leaves_the_fee(terms, usage, random):
    voids = [void(fact) for fact in usage]
    mixed = random.sample(usage + voids, len(usage) * 2)

    assert net_of(terms, mixed) == terms.fee


@given(plans, facts)
def test_each_line_is_rounded_once_from_its_exact_price(terms, usage):
    prices = {price.meter: price.overage for price in terms.prices}
    for line in rated(terms, usage):
        if line.kind is LineKind.OVERAGE:
            per_unit = Fraction(prices[line.meter]) / (60 if line.unit is Unit.SECOND else 1)
            assert line.amount == rounded(per_unit * line.quantity, "RUB")


@given(st.integers(1, 86_400))
def test_a_call_is_billed_for_all_its_talk_and_less_than_a_minute_more(talk_s):
    billed = billed_seconds(talk_s, MinuteRule.PER_CALL_CEIL_MINUTE)

    assert talk_s <= billed < talk_s + 60
    assert billed_seconds(-talk_s, MinuteRule.PER_CALL_CEIL_MINUTE) == -billed


@given(plans, facts, st.integers(0, 30))
@settings(max_examples=50)
def test_a_shorter_share_never_costs_more_in_fees_or_includes_more(terms, usage, days):
    part = rate(terms, usage, period=NOVEMBER, share=Share(days, 30))
    whole = rated(terms, usage)

    assert part[0].amount <= whole[0].amount
    assert included_in(part[1]) <= included_in(whole[1])


def ticket(number: int) -> UsageFact:
    at = datetime(2026, 11, 3, 10, tzinfo=UTC) + timedelta(minutes=number)
    return UsageFact(Meter.TICKETS, f"t{number:03d}", at, 1)


def call(number: int, talk_s: int) -> UsageFact:
    at = datetime(2026, 11, 4, 10, tzinfo=UTC) + timedelta(minutes=number)
    return UsageFact(Meter.CALL_SECONDS, f"c{number:03d}", at, talk_s)


def void(fact: UsageFact) -> UsageFact:
    """The opposite of a fact, recorded in the same month if that fact was."""
    return replace(fact, key=f"void:{fact.key}", quantity=-fact.quantity, voids=fact.key)


def rated(terms: PlanTerms, usage: list[UsageFact]):
    return rate(terms, usage, period=NOVEMBER)


def net_of(terms: PlanTerms, usage: list[UsageFact]) -> Money:
    return Money(sum(line.amount.minor for line in rated(terms, usage)), terms.currency)


def overage_of(terms: PlanTerms, usage: list[UsageFact]):
    (line,) = (line for line in rated(terms, usage) if line.kind is LineKind.OVERAGE)
    return line


def included_in(line) -> int:
    return dict(line.derivation)["included"]


def covered_tickets(usage: list[UsageFact]) -> int:
    return rated(START, usage)[1].quantity


def used_of(terms: PlanTerms, usage: list[UsageFact], meter: Meter) -> int:
    lines = [line for line in rated(terms, usage) if line.meter is meter]
    return dict(lines[0].derivation)["used"]


def over_of(terms: PlanTerms, usage: list[UsageFact], meter: Meter) -> int:
    lines = [line for line in rated(terms, usage) if line.meter is meter]
    return dict(lines[0].derivation)["over"]
