"""When a month may be closed.

Apart from the flow, which closes whatever it is told to: whether it is time is a rule of its own.
"""

from datetime import datetime, timedelta

from billing.periods import Period
from tenants.errors import Refused


def closes_at(period: Period, *, grace_days: int) -> datetime:
    """The cut-off: late usage of the month joins it until then."""
    return period.end + timedelta(days=grace_days)


def refuse_early_close(period: Period, *, grace_days: int, now: datetime) -> None:
    """Raise Refused while usage of the month may still arrive."""
    due_at = closes_at(period, grace_days=grace_days)
    if now < due_at:
        raise Refused(f"{period.name} can be closed from {due_at:%Y-%m-%d %H:%M} UTC on.")


def refuse_running_month(period: Period, *, now: datetime) -> None:
    """Raise Refused for a month that is not over."""
    if now < period.end:
        raise Refused(f"{period.name} is not over yet.")


def refuse_future_month(period: Period, *, now: datetime) -> None:
    """Raise Refused for a month that has not begun."""
    if now < period.start:
        raise Refused(f"{period.name} has not begun yet.")
