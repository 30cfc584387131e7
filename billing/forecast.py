"""The open month: what it costs so far, and what it will cost if it goes on like this.

Pure, and the same rating as the closed month.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from billing.meters import Meter, UsageFact
from billing.money import Money, total
from billing.periods import Period
from billing.plans import SubscribedPlan
from billing.rating import LineKind, RatedLine, rate

FORECAST_KEY = "forecast:"
_INSTANT_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class MeterSoFar:
    """A meter of the open month, in its recorded unit; `forecast`: at the month's end."""

    meter: Meter
    used: int
    included: int
    over: int
    forecast: int


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """An open month. Sums are net: `amount` so far, `forecast` at its end."""

    period: Period
    meters: tuple[MeterSoFar, ...]
    amount: Money
    forecast: Money


def month_so_far(
    subscribed: SubscribedPlan, facts: Sequence[UsageFact], *, period: Period, now: datetime
) -> MonthSoFar:
    """The open month as it stands and as it will end at the same pace."""
    expected = tuple(_expected(facts, period=period, now=now))
    lines = _rated(subscribed, facts, period)
    forecast = _rated(subscribed, (*facts, *expected), period)
    later = {line.meter: line for line in forecast if line.kind is LineKind.ALLOWANCE}
    currency = subscribed.plan.terms.currency
    return MonthSoFar(
        period=period,
        meters=tuple(
            _so_far(line.meter, line, later[line.meter])
            for line in lines
            if line.kind is LineKind.ALLOWANCE and line.meter is not None
        ),
        amount=total((line.amount for line in lines), currency),
        forecast=total((line.amount for line in forecast), currency),
    )


def _rated(
    subscribed: SubscribedPlan, facts: Iterable[UsageFact], period: Period
) -> tuple[RatedLine, ...]:
    return rate(
        subscribed.plan.terms,
        facts,
        period=period,
        fee_rule=subscribed.fee_rule_in(period),
        share=subscribed.share_of(period),
    )


def _expected(facts: Iterable[UsageFact], *, period: Period, now: datetime) -> Iterable[UsageFact]:
    """One fact per meter for the rest of the month, at the pace of its past part."""
    passed = min(now, period.end) - period.start
    left = period.end - period.start - passed
    if passed <= timedelta() or left <= timedelta():
        return
    used: dict[Meter, int] = {}
    for fact in facts:
        used[fact.meter] = used.get(fact.meter, 0) + fact.quantity
    for meter, quantity in used.items():
        rest = round(quantity * Fraction(left // _INSTANT_BEFORE, passed // _INSTANT_BEFORE))
        if rest > 0:
            yield UsageFact(meter, f"{FORECAST_KEY}{meter}", period.end - _INSTANT_BEFORE, rest)


def _so_far(meter: Meter, line: RatedLine, later: RatedLine) -> MeterSoFar:
    figures, forecast = dict(line.derivation), dict(later.derivation)
    return MeterSoFar(
        meter=meter,
        used=int(figures["used"]),
        included=int(figures["included"]),
        over=int(figures["over"]),
        forecast=int(forecast["used"]),
    )
