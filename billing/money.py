"""Exact sums: whole minor units and a currency, and the only place where anything is rounded.

Apart from rating so that no price, tax or share can invent or lose a kopeck on its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache

from tenants.errors import Refused

# Wide enough for any price times any quantity that a column can hold.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact sum. `minor`: pence, cents, kopecks. `currency`: ISO 4217, upper case.

    Adding, subtracting or comparing two currencies raises ValueError.
    """

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.minor


def rounded(amount: Decimal | Fraction, currency: str) -> Money:
    """`amount` in major units as a sum, rounded half up by magnitude: -0.125 is -0.13.

    Raises Refused for an unknown currency.
    """
    minor = Fraction(amount) * 10 ** exponent(currency)
    magnitude = (2 * abs(minor.numerator) + minor.denominator) // (2 * minor.denominator)
    return Money(magnitude if minor >= 0 else -magnitude, currency)


def total(sums: Iterable[Money], currency: str) -> Money:
    """All `sums` added up; zero of `currency` where there is none."""
    return sum(sums, start=Money(0, currency))


def allocate(whole: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """`whole` split in proportion to `weights`; the parts add up to it exactly.

    Minor units left over go to the largest remainders, the earlier first. A negative whole is split
    as its opposite. Raises ValueError without a positive weight, or with a negative one.
    """
    everything = sum(weights)
    if everything <= 0 or min(weights) < 0:
        raise ValueError("a sum is split by weights that are not negative and not all zero")
    if whole.minor < 0:
        return tuple(-part for part in allocate(-whole, weights))
    shares = [divmod(whole.minor * weight, everything) for weight in weights]
    missing = whole.minor - sum(share for share, _ in shares)
    by_remainder = sorted(range(len(shares)), key=lambda place: -shares[place][1])
    favoured = set(by_remainder[:missing])
    return tuple(
        Money(share + (place in favoured), whole.currency)
        for place, (share, _) in enumerate(shares)
    )


@cache
def exponent(currency: str) -> int:
    """Decimal places of the minor unit: RUB 2, JPY 0, KWD 3. Raises Refused for no such currency.

    Source: ISO 4217, not CLDR, which gives cash digits.
    """
    from iso4217 import Currency  # noqa: PLC0415  parses its table on import: only who bills pays

    try:
        places = Currency(currency).exponent
    except ValueError as unknown:
        raise Refused("There is no currency “{currency}”.", currency=currency) from unknown
    if places is None:
        raise Refused("{currency} has no minor unit and cannot be billed.", currency=currency)
    return int(places)


def amount_text(money: Money) -> str:
    """The sum as a plain decimal in major units, such as "4900.00" or "-0.05"."""
    return price_text(
        _EXACT.scaleb(Decimal(money.minor), -exponent(money.currency)), money.currency
    )


def price_text(price: Decimal, currency: str) -> str:
    """A unit price as a plain decimal with at least the currency's places, such as "9.00"."""
    places = max(exponent(currency), -int(price.normalize(_EXACT).as_tuple().exponent))
    return f"{price.quantize(Decimal(1).scaleb(-places), context=_EXACT):f}"
