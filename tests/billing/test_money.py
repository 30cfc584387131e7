"""Exact sums: rounding, splitting, printing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money, allocate, amount_text, exponent, price_text, rounded, total
from tenants.errors import Refused


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0.125", 13), ("-0.125", -13), ("0.124", 12), ("1.005", 101), ("-0.004", 0), ("0", 0)],
)
def test_a_half_is_rounded_up_by_magnitude(amount, minor):
    assert rounded(Decimal(amount), "RUB") == Money(minor, "RUB")


@pytest.mark.parametrize(
    ("currency", "places"), [("RUB", 2), ("JPY", 0), ("KWD", 3), ("MGA", 2), ("IQD", 3)]
)
def test_places_follow_iso_4217(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize("currency", ["rub", "XXX", "XAU", "", "RUBLE", "\ud800"])
def test_what_cannot_be_billed_in_is_refused(currency):
    with pytest.raises(Refused):
        exponent(currency)


def test_two_currencies_do_not_add_up():
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "RUB") + Money(1, "EUR")
    with pytest.raises(ValueError, match="do not add up"):
        _ = Money(1, "RUB") < Money(1, "EUR")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(490_000, "RUB"), "4900.00"),
        (Money(-5, "RUB"), "-0.05"),
        (Money(4900, "JPY"), "4900"),
        (Money(1, "KWD"), "0.001"),
        (Money(10**30, "RUB"), "1" + "0" * 28 + ".00"),
    ],
)
def test_a_sum_is_printed_as_a_plain_decimal(money, text):
    assert amount_text(money) == text


@pytest.mark.parametrize(
    ("price", "text"),
    [("9", "9.00"), ("0.1166666667", "0.1166666667"), ("100", "100.00"), ("0E-10", "0.00")],
)
def test_a_unit_price_keeps_all_its_places(price, text):
    assert price_text(Decimal(price), "RUB") == text


sums = st.builds(Money, st.integers(-(10**15), 10**15), st.just("RUB"))
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(sums, weights)
def test_the_parts_of_a_sum_add_up_to_it(whole, shares):
    assert total(allocate(whole, shares), "RUB") == whole


@given(sums, weights)
def test_no_part_is_a_minor_unit_off_its_exact_share(whole, shares):
    for part, weight in zip(allocate(whole, shares), shares, strict=True):
        assert abs(part.minor - Fraction(whole.minor * weight, sum(shares))) < 1


@given(sums, weights)
def test_nothing_is_allotted_to_a_weight_of_zero(whole, shares):
    parts = allocate(whole, shares)

    assert all(part.minor == 0 for part, weight in zip(parts, shares, strict=True) if not weight)


@pytest.mark.parametrize("shares", [[], [0], [1, -1], [2, -1]])
def test_a_sum_is_not_split_by_nothing(shares):
    with pytest.raises(ValueError, match=r"."):
        allocate(Money(100, "RUB"), shares)


@given(st.decimals(-(10**12), 10**12, places=6))
def test_rounding_errs_by_half_a_minor_unit_at_most_and_away_from_zero(amount):
    minor = rounded(amount, "RUB").minor

    assert abs(minor - amount * 100) <= Fraction(1, 2)
    assert rounded(-amount, "RUB").minor == -minor


@given(sums)
def test_a_printed_sum_reads_back(money):
    assert rounded(Decimal(amount_text(money)), "RUB") == money


@given(sums, sums)
def test_sums_add_subtract_and_compare_as_numbers(one, other):
    assert (one + other) - other == one
    assert (one < other) == (one.minor < other.minor)
    assert (one <= other) == (one.minor <= other.minor)
