"""What is counted, in which unit, and how seconds of talk become billed minutes.

Apart from rating because usage is recorded by these names long before anybody prices it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MINUTE_S = 60


class Unit(StrEnum):
    """What one of something on a line is."""

    TICKET = "ticket"
    SECOND = "second"
    MINUTE = "minute"


class Meter(StrEnum):
    """A thing we count."""

    TICKETS = "tickets"
    CALL_SECONDS = "call_seconds"

    @property
    def unit(self) -> Unit:
        """The unit in which usage is recorded."""
        return _RECORDED_IN[self]


_RECORDED_IN: dict[Meter, Unit] = {Meter.TICKETS: Unit.TICKET, Meter.CALL_SECONDS: Unit.SECOND}


class MinuteRule(StrEnum):
    """How seconds become what is billed. Source: billing decisions, 1."""

    PERIOD_CEIL_MINUTE = "period_ceil_minute"  # the period's seconds, rounded up once
    PER_CALL_CEIL_MINUTE = "per_call_ceil_minute"  # each call rounded up
    PER_SECOND = "per_second"


@dataclass(frozen=True, slots=True)
class UsageFact:
    """One immutable count. `key`: the fact's stable name in its meter. `quantity`: in its unit.

    A negative quantity takes usage back; `voids` then names the key it answers.
    """

    meter: Meter
    key: str
    at: datetime
    quantity: int
    voids: str | None = None


def once_each(facts: Iterable[UsageFact]) -> tuple[UsageFact, ...]:
    """The facts without repetitions of a key, in order of time and key.

    Of facts that share a key the earliest counts, so that no order of arrival changes a bill.
    """
    in_order = sorted(facts, key=lambda fact: (fact.at, fact.key, fact.quantity))
    kept: dict[tuple[Meter, str], UsageFact] = {}
    for fact in in_order:
        kept.setdefault((fact.meter, fact.key), fact)
    return tuple(kept.values())


def billed_seconds(talk_s: int, rule: MinuteRule) -> int:
    """What one call adds to the period's seconds: 61 s is 120 where each call is rounded up.

    A negative count, which takes a call back, gives exactly the opposite.
    """
    if rule is not MinuteRule.PER_CALL_CEIL_MINUTE:
        return talk_s
    magnitude = started_minutes(abs(talk_s)) * MINUTE_S
    return magnitude if talk_s >= 0 else -magnitude


def started_minutes(seconds: int) -> int:
    """Started minutes in `seconds`: 61 s is 2, 0 s is 0."""
    return -(-seconds // MINUTE_S)
