"""A plan as it is offered: its name, its prices from a day on, and what a tenant gets of them.

Apart from rating, which prices terms without asking what they are called.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.meters import Meter
from billing.periods import Period
from billing.proration import Share
from billing.rating import FeeRule, MeterPrice, PlanTerms


@dataclass(frozen=True, slots=True)
class OfferedPlan:
    """A version of a plan. `seats`: accounts of the tenant's own people within the fee."""

    version_id: int
    slug: str
    name: str
    valid_from: date
    terms: PlanTerms
    seats: int


@dataclass(frozen=True, slots=True)
class SubscribedPlan:
    """A tenant's plan. `[starts_on, ends_before)`; None: without an end.

    `first_day`: when the tenant's first subscription began. `zone`: IANA zone of its months.
    """

    id: int
    plan: OfferedPlan
    starts_on: date
    ends_before: date | None
    first_day: date
    zone: str

    def share_of(self, period: Period) -> Share:
        """The part of `period` that is subscribed."""
        return Share(period.days_from(self.starts_on), period.days)

    def fee_rule_in(self, period: Period) -> FeeRule:
        """Which fee `period` owes: the promotional one in the month of the very first day."""
        is_first = period.first_day <= self.first_day < period.following().first_day
        return FeeRule.FIRST_PERIOD if is_first else FeeRule.REGULAR


def meter_prices(kept: dict[str, Any]) -> tuple[MeterPrice, ...]:
    """Prices as a version keeps them, in the order of Meter."""
    return tuple(
        MeterPrice(meter, int(kept[meter]["included"]), Decimal(kept[meter]["overage"]))
        for meter in Meter
        if meter in kept
    )
