"""Parts of a period add up to it, and a change of plan costs what is left of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money, total
from billing.proration import (
    Share,
    plan_change,
    pooled_allowance,
    prorated_allowance,
    prorated_fee,
    split_by_days,
)


def test_a_part_month_costs_its_days():
    assert prorated_fee(Money(490_000, "RUB"), Share(10, 30)) == Money(163_333, "RUB")


def test_free_units_of_a_part_month_are_rounded_up():
    assert prorated_allowance(10, Share(10, 31)) == 4


def test_an_upgrade_credits_unused_days_and_charges_the_remaining_ones():
    change = plan_change(Money(490_000, "RUB"), Money(1_390_000, "RUB"), Share(15, 30))

    assert (change.credit, change.debit) == (Money(245_000, "RUB"), Money(695_000, "RUB"))
    assert change.due == Money(450_000, "RUB")


@pytest.mark.parametrize("days", [(31, 30), (-1, 30), (0, 0)])
def test_a_share_lies_within_its_period(days):
    with pytest.raises(ValueError, match="share"):
        Share(*days)


fees = st.builds(Money, st.integers(0, 10**9), st.just("RUB"))
shares = st.sampled_from([28, 29, 30, 31]).flatmap(
    lambda of_days: st.builds(Share, st.integers(0, of_days), st.just(of_days))
)


@given(fees, shares)
def test_a_part_lies_between_nothing_and_the_whole(fee, share):
    assert Money(0, "RUB") <= prorated_fee(fee, share) <= fee


@given(fees, shares)
def test_a_part_and_the_rest_are_the_whole_give_or_take_one_for_a_tie(fee, share):
    both = prorated_fee(fee, share).minor + prorated_fee(fee, share.rest).minor

    assert 0 <= both - fee.minor <= 1


@given(fees, st.lists(st.integers(0, 31), min_size=1, max_size=5).filter(any))
def test_stretches_of_days_add_up_to_the_fee(fee, days):
    assert total(split_by_days(fee, days), "RUB") == fee


@given(fees, fees, shares)
def test_an_upgrade_never_gives_money_back(one_fee, other_fee, remaining):
    cheaper, dearer = sorted([one_fee, other_fee])

    change = plan_change(cheaper, dearer, remaining)

    assert change.credit <= change.debit


@given(st.integers(0, 10**5), st.integers(0, 10**5), shares)
def test_a_pooled_allowance_lies_between_those_of_the_plans(one, other, share):
    pooled = pooled_allowance([(one, share), (other, share.rest)])

    assert min(one, other) <= pooled <= max(one, other)


@given(st.integers(0, 10**5), shares)
def test_two_parts_of_an_allowance_are_never_less_than_the_whole(included, share):
    parts = prorated_allowance(included, share) + prorated_allowance(included, share.rest)

    assert included <= parts <= included + 1
