"""Rating: usage and a plan in, priced lines out, each with its derivation.

Pure, so that the open month, the closed one, a forecast and another plan's price are the same
function. Apart from tax and documents: a line here is net and belongs to nobody yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction

from billing.meters import (
    MINUTE_S,
    Meter,
    MinuteRule,
    Unit,
    UsageFact,
    billed_seconds,
    once_each,
    started_minutes,
)
from billing.money import Money, amount_text, exponent, rounded
from billing.periods import Period
from billing.proration import WHOLE, Share, prorated_allowance, prorated_fee
from tenants.errors import Refused

# Places of a unit price as it is stored: numeric(20, 10).
_PRICE_PLACES = Decimal("1E-10")
_PRICES = Context(prec=30)

Derivation = tuple[tuple[str, str | int], ...]


class LineKind(StrEnum):
    """What a line of an invoice is for."""

    FEE = "fee"
    ALLOWANCE = "allowance"  # amount 0: opens the usage that the fee covers
    OVERAGE = "overage"


class FeeRule(StrEnum):
    """Which fee a period owes."""

    REGULAR = "regular"
    FIRST_PERIOD = "first_period"  # the promotional fee where the plan has one; never prorated


@dataclass(frozen=True, slots=True)
class MeterPrice:
    """What a plan says of one meter. `included`: free units as recorded (tickets, seconds).

    `overage`: major units of the currency per ticket or per minute.
    """

    meter: Meter
    included: int
    overage: Decimal


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """A version of a plan as values. `first_period_fee`: None where the first month is no other."""

    fee: Money
    first_period_fee: Money | None
    minute_rule: MinuteRule
    prices: tuple[MeterPrice, ...]

    @property
    def currency(self) -> str:
        """The currency of all its prices."""
        return self.fee.currency


@dataclass(frozen=True, slots=True)
class ChargedEntry:
    """Usage that exceeds the allowance, in whole or in part. `quantity`: in the meter's unit."""

    key: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One priced line. `unit_price`: major units per `unit`; `amount` is rounded once, here.

    `charged`: for overage, the entries that caused it, in order of time; the first and the last key
    bound them. Their quantities sum to the overage before it is rounded to minutes.
    """

    kind: LineKind
    meter: Meter | None
    quantity: int
    unit: Unit | None
    unit_price: Decimal
    amount: Money
    derivation: Derivation
    charged: tuple[ChargedEntry, ...] = ()


def rate(
    terms: PlanTerms,
    facts: Iterable[UsageFact],
    *,
    period: Period,
    fee_rule: FeeRule = FeeRule.REGULAR,
    share: Share = WHOLE,
) -> tuple[RatedLine, ...]:
    """The lines of `period`: the fee, then per meter its allowance and overage, if there is any.

    Facts outside the period and repetitions of a key do not count. `share`: the part of the period
    that is subscribed. Raises Refused for usage of a meter that the plan does not price.
    """
    counted = tuple(fact for fact in once_each(facts) if fact.at in period)
    _refuse_unpriced(terms, counted)
    lines = [_fee_line(terms, fee_rule, share)]
    for price in terms.prices:
        usage = [fact for fact in counted if fact.meter is price.meter]
        lines.extend(_meter_lines(terms, price, _tally(usage, terms, price, share)))
    return tuple(lines)


def _fee_line(terms: PlanTerms, fee_rule: FeeRule, share: Share) -> RatedLine:
    rule, fee = FeeRule.REGULAR, prorated_fee(terms.fee, share)
    if fee_rule is FeeRule.FIRST_PERIOD and terms.first_period_fee is not None:
        rule, fee = FeeRule.FIRST_PERIOD, terms.first_period_fee
    derivation: Derivation = (
        ("rule", rule.value),
        ("days", share.days),
        ("of_days", share.of_days),
    )
    price = Decimal(amount_text(fee))
    return RatedLine(LineKind.FEE, None, 1, None, price, fee, derivation)


@dataclass(frozen=True, slots=True)
class _Tally:
    """A meter's period in its recorded unit: what was used, what was free, what exceeds it."""

    used: int
    included: int
    charged: tuple[ChargedEntry, ...]

    @property
    def over(self) -> int:
        return sum(entry.quantity for entry in self.charged)


def _tally(usage: Sequence[UsageFact], terms: PlanTerms, price: MeterPrice, share: Share) -> _Tally:
    billed = [(fact.key, _billed(fact, terms.minute_rule)) for fact in _without_voided(usage)]
    included = prorated_allowance(price.included, share)
    # What is taken back from elsewhere frees as much again for the entries of this period.
    free = included - sum(quantity for _, quantity in billed if quantity < 0)
    charged: list[ChargedEntry] = []
    for key, quantity in billed:
        beyond = max(quantity, 0) - free
        free = max(-beyond, 0)
        if beyond > 0:
            charged.append(ChargedEntry(key, beyond))
    used = max(sum(quantity for _, quantity in billed), 0)
    return _Tally(used, included, tuple(charged))


def _billed(fact: UsageFact, rule: MinuteRule) -> int:
    if fact.meter is Meter.CALL_SECONDS:
        return billed_seconds(fact.quantity, rule)
    return fact.quantity


def _without_voided(usage: Sequence[UsageFact]) -> list[UsageFact]:
    """The facts less the pairs of an entry and the one that voids it in full."""
    quantities = {fact.key: fact.quantity for fact in usage}
    gone: set[str] = set()
    for fact in usage:
        voided = fact.voids
        if voided is not None and voided not in gone and quantities.get(voided) == -fact.quantity:
            gone |= {fact.key, voided}
    return [fact for fact in usage if fact.key not in gone]


def _meter_lines(terms: PlanTerms, price: MeterPrice, tally: _Tally) -> list[RatedLine]:
    unit = _billed_unit(price.meter, terms.minute_rule)
    covered = tally.used - tally.over
    allowance = RatedLine(
        LineKind.ALLOWANCE,
        price.meter,
        _in_unit(covered, unit),
        unit,
        Decimal(0),
        Money(0, terms.currency),
        _derivation(terms, price, tally),
    )
    if not tally.charged:
        return [allowance]
    return [allowance, _overage_line(terms, price, tally, unit)]


def _overage_line(terms: PlanTerms, price: MeterPrice, tally: _Tally, unit: Unit) -> RatedLine:
    quantity = _in_unit(tally.over, unit)
    per_unit = Fraction(price.overage) / (MINUTE_S if unit is Unit.SECOND else 1)
    return RatedLine(
        LineKind.OVERAGE,
        price.meter,
        quantity,
        unit,
        _price(per_unit),
        rounded(per_unit * quantity, terms.currency),
        _derivation(terms, price, tally),
        tally.charged,
    )


def _derivation(terms: PlanTerms, price: MeterPrice, tally: _Tally) -> Derivation:
    """What the lines of a meter were made of, all in its recorded unit."""
    figures: Derivation = (
        ("used", tally.used),
        ("included", tally.included),
        ("over", tally.over),
        ("overage_price", str(price.overage)),
    )
    if price.meter is Meter.CALL_SECONDS:
        return (*figures, ("minute_rule", terms.minute_rule.value))
    return figures


def _billed_unit(meter: Meter, rule: MinuteRule) -> Unit:
    if meter is Meter.TICKETS:
        return Unit.TICKET
    return Unit.SECOND if rule is MinuteRule.PER_SECOND else Unit.MINUTE


def _in_unit(quantity: int, unit: Unit) -> int:
    return started_minutes(quantity) if unit is Unit.MINUTE else quantity


def _price(per_unit: Fraction) -> Decimal:
    """A unit price for print: exact where it is finite, else to ten places."""
    price = _PRICES.divide(Decimal(per_unit.numerator), Decimal(per_unit.denominator))
    return price.quantize(_PRICE_PLACES, context=_PRICES).normalize(_PRICES)


def _refuse_unpriced(terms: PlanTerms, facts: Iterable[UsageFact]) -> None:
    exponent(terms.currency)
    unpriced = {fact.meter for fact in facts} - {price.meter for price in terms.prices}
    if unpriced:
        raise Refused("The plan has no price for {meters}.", meters=", ".join(sorted(unpriced)))
