"""Tax by date, and the foot of a document."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.tax import (
    RUSSIAN_RATES,
    TaxCategory,
    TaxRate,
    TaxRule,
    document_totals,
    rule_on,
    tax_on,
)
from tenants.errors import Refused

VAT = TaxRule(TaxCategory.STANDARD, Decimal(22))


@pytest.mark.parametrize(("on", "percent"), [(date(2025, 12, 31), 20), (date(2026, 1, 1), 22)])
def test_the_rate_is_that_of_the_day_of_supply(on, percent):
    rule = rule_on(RUSSIAN_RATES, country="RU", category=TaxCategory.STANDARD, on=on)

    assert rule.percent == percent


def test_a_day_without_a_rate_or_with_two_is_refused():
    twice = (*RUSSIAN_RATES, TaxRate("RU", VAT, date(2026, 6, 1), None))

    with pytest.raises(Refused):
        rule_on(RUSSIAN_RATES, country="RU", category=TaxCategory.STANDARD, on=date(2001, 1, 1))
    with pytest.raises(Refused):
        rule_on(twice, country="RU", category=TaxCategory.STANDARD, on=date(2026, 11, 1))
    with pytest.raises(Refused):
        rule_on(RUSSIAN_RATES, country="UA", category=TaxCategory.STANDARD, on=date(2026, 11, 1))


@pytest.mark.parametrize("percent", ["-1", "100.01"])
def test_an_impossible_rate_is_refused(percent):
    with pytest.raises(Refused):
        TaxRule(TaxCategory.STANDARD, Decimal(percent))


def test_a_partner_abroad_pays_no_tax_here():
    abroad = TaxRule(TaxCategory.REVERSE_CHARGE, Decimal(0))

    totals = document_totals([(Money(490_000, "RUB"), abroad)], "RUB")

    assert (totals.tax, totals.total) == (Money(0, "RUB"), Money(490_000, "RUB"))


def test_tax_is_rounded_once_per_rate_not_per_line():
    lines = [(Money(2, "RUB"), VAT)] * 3  # 0.44 each: nothing per line, 1.32 together

    assert document_totals(lines, "RUB").tax == Money(1, "RUB")


def test_a_document_without_lines_sums_to_zero():
    totals = document_totals([], "RUB")

    assert (totals.net, totals.tax, totals.total) == (Money(0, "RUB"),) * 3


rules = st.builds(
    TaxRule,
    st.sampled_from(TaxCategory),
    st.sampled_from([Decimal(0), Decimal("9.5"), Decimal(20)]),
)
documents = st.lists(
    st.tuples(st.builds(Money, st.integers(-(10**9), 10**9), st.just("RUB")), rules), max_size=8
)


@given(documents, st.randoms(use_true_random=False))
def test_lines_sum_to_net_groups_to_tax_and_both_to_the_total(lines, random):
    totals = document_totals(lines, "RUB")

    assert totals.net.minor == sum(amount.minor for amount, _ in lines)
    assert totals.tax.minor == sum(group.tax.minor for group in totals.groups)
    assert totals.total == totals.net + totals.tax
    assert len({group.rule for group in totals.groups}) == len(totals.groups)
    assert document_totals(random.sample(lines, len(lines)), "RUB") == totals


@given(documents)
def test_the_opposite_document_has_the_opposite_totals(lines):
    opposite = document_totals([(-amount, rule) for amount, rule in lines], "RUB")

    assert opposite.total == -document_totals(lines, "RUB").total


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_a_larger_sum_is_never_taxed_less(minor, more):
    assert tax_on(Money(minor, "RUB"), VAT) <= tax_on(Money(minor + more, "RUB"), VAT)
