"""How a running deadline looks to the operator: late, due, soon, ok, paused or met.

Apart from the clocks because these are thresholds of the eye, not of the promise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.deadlines.pauses import PauseReason


class DeadlineState(StrEnum):
    """What the desk shows, in the order of the queue: the first is the most urgent."""

    LATE = "late"
    DUE = "due"
    SOON = "soon"
    OK = "ok"
    PAUSED = "paused"
    MET = "met"

    @property
    def urgency(self) -> int:
        """0 for the most urgent."""
        return list(DeadlineState).index(self)


@dataclass(frozen=True, slots=True)
class _Threshold:
    """A state begins with less than `left` to go, or less than `percent` of the target."""

    state: DeadlineState
    left: timedelta
    percent: int


# Source: screens, B2 "Deadline states".
_THRESHOLDS: tuple[_Threshold, ...] = (
    _Threshold(DeadlineState.DUE, timedelta(minutes=15), 10),
    _Threshold(DeadlineState.SOON, timedelta(minutes=60), 25),
)


def deadline_state(
    now: datetime,
    due_at: datetime | None,
    *,
    target_seconds: int,
    paused_reason: PauseReason | None = None,
    met_at: datetime | None = None,
) -> DeadlineState:
    """The state to show at `now`. A target met after its due time stays late, paused or not.

    `target_seconds`: the length of the target, 0 where there is none. A clock without a due time is
    paused while there is a reason, and otherwise ok.
    """
    if met_at is not None:
        # An answer at the very instant is in time; without one, that instant is the breach.
        return DeadlineState.MET if due_at is None or met_at <= due_at else DeadlineState.LATE
    if due_at is not None and due_at <= now:
        return DeadlineState.LATE
    if paused_reason is not None:
        return DeadlineState.PAUSED
    if due_at is None:
        return DeadlineState.OK
    return _running_state(due_at - now, target_seconds)


def _running_state(left: timedelta, target_seconds: int) -> DeadlineState:
    for threshold in _THRESHOLDS:
        share = timedelta(seconds=target_seconds) * threshold.percent / 100
        if left < threshold.left or left < share:
            return threshold.state
    return DeadlineState.OK
