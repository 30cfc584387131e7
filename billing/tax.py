"""Tax: which rate is in force on a day, and the totals of a document.

Apart from rating because tax belongs to the document: it is computed per rate on the sum of the
lines, never per line. Source: Directive 2006/112/EC, article 226 (base and tax per rate).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billing.money import Money, exponent, rounded, total
from tenants.errors import Refused

_PER_CENT = 100


class TaxCategory(StrEnum):
    """Why a rate applies."""

    STANDARD = "standard"
    EXEMPT = "exempt"
    REVERSE_CHARGE = "reverse_charge"  # the partner abroad accounts for it


@dataclass(frozen=True, slots=True)
class TaxRule:
    """What is levied on a line. `percent`: 0 to 100. Raises Refused beyond."""

    category: TaxCategory
    percent: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= _PER_CENT:
            raise Refused("A tax rate lies between 0 and 100 per cent.")


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rule in force in `country` (ISO 3166), `[valid_from, valid_to)`; None: without an end."""

    country: str
    rule: TaxRule
    valid_from: date
    valid_to: date | None

    def is_valid(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The lines of one rule: what they sum to, and the tax on that."""

    rule: TaxRule
    base: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of a document: net + tax = total, and tax is the sum of its groups."""

    net: Money
    tax: Money
    total: Money
    groups: tuple[TaxGroup, ...]


# The seller of the demonstration sits in Russia. Source: billing decisions, 9.
RUSSIAN_RATES: tuple[TaxRate, ...] = (
    TaxRate("RU", TaxRule(TaxCategory.STANDARD, Decimal(20)), date(2019, 1, 1), date(2026, 1, 1)),
    TaxRate("RU", TaxRule(TaxCategory.STANDARD, Decimal(22)), date(2026, 1, 1), None),
)


def rule_on(rates: Iterable[TaxRate], *, country: str, category: TaxCategory, on: date) -> TaxRule:
    """The rule in force on the day of supply. Raises Refused where none is, or more than one."""
    found = [
        rate.rule
        for rate in rates
        if rate.country == country and rate.rule.category is category and rate.is_valid(on)
    ]
    if len(found) != 1:
        raise Refused(
            "{country} needs one tax rate in force on {on}, and has {count}.",
            country=country,
            on=on,
            count=len(found),
        )
    return found[0]


def document_totals(lines: Iterable[tuple[Money, TaxRule]], currency: str) -> Totals:
    """Net, tax and total of lines with their rules; groups in order of category and rate."""
    exponent(currency)
    sums: dict[TaxRule, Money] = {}
    for amount, rule in lines:
        sums[rule] = sums.get(rule, Money(0, currency)) + amount
    groups = tuple(
        TaxGroup(rule, base, tax_on(base, rule))
        for rule, base in sorted(sums.items(), key=lambda item: (item[0].category, item[0].percent))
    )
    net = total((group.base for group in groups), currency)
    tax = total((group.tax for group in groups), currency)
    return Totals(net, tax, net + tax, groups)


def tax_on(base: Money, rule: TaxRule) -> Money:
    """The tax on a sum, rounded half up by magnitude."""
    major = Fraction(base.minor, 10 ** exponent(base.currency))
    return rounded(major * Fraction(rule.percent) / _PER_CENT, base.currency)
