"""How long a promise allows, and in which kind of time.

Apart from the service levels that name it, because clocks copy a target onto what they govern.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tenants.errors import Refused

_MINUTE_S, _HOUR_S = 60, 3600
_LONGEST_S = 366 * 86_400
_LONGEST_DAYS = 366


class TargetKind(StrEnum):
    """The time in which a target is counted."""

    OPENING_HOURS = "opening_hours"  # seconds while the service hours are open
    CALENDAR = "calendar"  # seconds round the clock, also where the service hours are 8x5
    WORKING_DAYS = "working_days"  # days on which the service hours open


@dataclass(frozen=True, slots=True)
class Target:
    """The longest time allowed. `amount`: seconds, or days for WORKING_DAYS.

    Raises Refused below 1 and above a year.
    """

    kind: TargetKind
    amount: int

    def __post_init__(self) -> None:
        longest = _LONGEST_DAYS if self.kind is TargetKind.WORKING_DAYS else _LONGEST_S
        if not 1 <= self.amount <= longest:
            raise Refused("A target lies between one second and one year.")


def opening_hours(*, hours: int = 0, minutes: int = 0) -> Target:
    """A target in time while the service hours are open."""
    return Target(TargetKind.OPENING_HOURS, hours * _HOUR_S + minutes * _MINUTE_S)


def round_the_clock(*, hours: int = 0, minutes: int = 0) -> Target:
    """A target in time on the wall, whatever the service hours."""
    return Target(TargetKind.CALENDAR, hours * _HOUR_S + minutes * _MINUTE_S)


def working_days(days: int) -> Target:
    """A target in days on which the service hours open."""
    return Target(TargetKind.WORKING_DAYS, days)


def target_to_json(target: Target | None) -> dict[str, Any] | None:
    """`{kind, amount}`, or None where nothing is promised."""
    if target is None:
        return None
    return {"kind": target.kind.value, "amount": target.amount}


def target_from_json(stored: dict[str, Any] | None) -> Target | None:
    """The target that `target_to_json` stored. Raises Refused for anything else."""
    if stored is None:
        return None
    try:
        return Target(TargetKind(stored["kind"]), int(stored["amount"]))
    except (KeyError, TypeError, ValueError) as malformed:
        raise Refused("This target is incomplete or malformed.") from malformed
