"""When a month may be closed, and what closing it gave.

Apart from the flow, which closes whatever it is told to: whether it is time is a rule of its own.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.periods import Period
from tenants.errors import Refused


class CloseRule(enum.Enum):
    """From when on a month may be closed."""

    AFTER_GRACE = "after_grace"  # late usage has had its days
    AFTER_END = "after_end"  # without them
    AT_ONCE = "at_once"  # while it runs; for tries, never for real months


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month's invoice. `is_new`: this very close issued it."""

    invoice_id: int
    is_new: bool


def closes_at(period: Period, rule: CloseRule, *, grace_days: int) -> datetime:
    """The first instant at which `rule` lets the month be closed."""
    starts: dict[CloseRule, datetime] = {
        CloseRule.AFTER_GRACE: period.end + timedelta(days=grace_days),
        CloseRule.AFTER_END: period.end,
        CloseRule.AT_ONCE: period.start,
    }
    return starts[rule]


def refuse_early_close(period: Period, rule: CloseRule, *, grace_days: int, now: datetime) -> None:
    """Raise Refused, naming the instant, before `rule` lets the month be closed."""
    due_at = closes_at(period, rule, grace_days=grace_days)
    if now < due_at:
        raise Refused(
            "{month} can be closed from {at} UTC on.",
            month=period.name,
            at=due_at.strftime("%Y-%m-%d %H:%M"),
        )
