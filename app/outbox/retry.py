"""When an attempt to send is made again, and when we stop: pure, as one table.

A relay that answers "later" is tried after 1, 5 and 15 minutes and so on up to every 4 hours, for
72 hours in all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSES: tuple[timedelta, ...] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
)
GIVEN_UP_AFTER = timedelta(hours=72)
LEASE = timedelta(minutes=6)  # longer than the 300 s a relay may take after the dot (RFC 5321)
SLOW = timedelta(seconds=1)  # a relay nearby takes milliseconds
UNKNOWN_OUTCOMES_MOST = 2  # a message whose outcome nobody knows leaves at most twice


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows a failed attempt. `again_at` None: nothing more is tried."""

    again_at: datetime | None


def after_failure(
    *, attempts: int, written_at: datetime, is_permanent: bool, now: datetime
) -> Verdict:
    """What to do after attempt number `attempts` (1 for the first) failed."""
    if is_permanent or now - written_at >= GIVEN_UP_AFTER:
        return Verdict(None)
    return Verdict(now + _pause(attempts))


def after_unknown(unknown: int, *, attempts: int, now: datetime) -> Verdict:
    """What to do when the relay went silent, `unknown` attempts with this one."""
    if unknown >= UNKNOWN_OUTCOMES_MOST:
        return Verdict(None)
    return Verdict(now + _pause(attempts))


def _pause(attempts: int) -> timedelta:
    return PAUSES[min(attempts, len(PAUSES)) - 1]
