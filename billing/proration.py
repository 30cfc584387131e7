"""Parts of a period: fees and allowances by days, and what a change of plan costs.

Apart from rating, which then prices as if the parts were the plan. Source: billing decisions, 4-6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing.money import Money, allocate


@dataclass(frozen=True, slots=True)
class Share:
    """`days` of a period of `of_days`. Raises ValueError unless 0 <= days <= of_days > 0."""

    days: int
    of_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.days <= self.of_days or self.of_days == 0:
            raise ValueError("a share has no more days than its period")

    @property
    def rest(self) -> "Share":
        """The other days of the period."""
        return Share(self.of_days - self.days, self.of_days)


WHOLE = Share(1, 1)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What an upgrade costs at once: unused days given back, remaining days of the new plan."""

    credit: Money
    debit: Money

    @property
    def due(self) -> Money:
        """What is left to pay."""
        return self.debit - self.credit


def prorated_fee(fee: Money, share: Share) -> Money:
    """The part of `fee` for a share of the period; with the part for the rest it adds up to it."""
    return split_by_days(fee, (share.days, share.rest.days))[0]


def split_by_days(fee: Money, days: Sequence[int]) -> tuple[Money, ...]:
    """`fee` split over stretches of days; the parts add up to it."""
    return allocate(fee, days)


def prorated_allowance(included: int, share: Share) -> int:
    """The free units of a share of the period, rounded up."""
    return pooled_allowance([(included, share)])


def pooled_allowance(parts: Iterable[tuple[int, Share]]) -> int:
    """The free units of a period in several plans, each by its days, pooled and rounded up once.

    Raises ValueError where the shares are of periods of different length.
    """
    kept = tuple(parts)
    (of_days,) = {share.of_days for _, share in kept}
    return -(-sum(included * share.days for included, share in kept) // of_days)


def plan_change(old_fee: Money, new_fee: Money, remaining: Share) -> PlanChange:
    """Credit and debit of a change of plan with `remaining` days to go, the day itself included.

    Both are cut the same way, so that a dearer plan never gives money back.
    """
    return PlanChange(prorated_fee(old_fee, remaining), prorated_fee(new_fee, remaining))
