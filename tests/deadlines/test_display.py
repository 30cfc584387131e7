"""How a deadline looks to the operator."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.display import DeadlineState, deadline_state
from app.deadlines.pauses import PauseReason

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
HOUR, DAY = 3600, 86_400
OUTSIDE = PauseReason.OUTSIDE_SERVICE_HOURS


@pytest.mark.parametrize(
    ("left", "target_seconds", "state"),
    [
        (timedelta(seconds=-1), 4 * HOUR, DeadlineState.LATE),
        (timedelta(0), 4 * HOUR, DeadlineState.LATE),
        (timedelta(minutes=14, seconds=59), 2 * HOUR, DeadlineState.DUE),
        (timedelta(minutes=15), 2 * HOUR, DeadlineState.SOON),
        (timedelta(minutes=47), 8 * HOUR, DeadlineState.DUE),  # under a tenth
        (timedelta(minutes=48), 8 * HOUR, DeadlineState.SOON),
        (timedelta(hours=5, minutes=59), DAY, DeadlineState.SOON),  # under a quarter
        (timedelta(hours=6), DAY, DeadlineState.OK),
        (timedelta(minutes=60), HOUR, DeadlineState.OK),
        (timedelta(minutes=59), HOUR, DeadlineState.SOON),
    ],
)
def test_a_running_deadline_shows_how_near_it_is(left, target_seconds, state):
    assert deadline_state(NOW, NOW + left, target_seconds=target_seconds) is state


def test_a_paused_clock_shows_as_paused_unless_it_is_late():
    later, earlier = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)

    assert shown(later, paused_reason=OUTSIDE) is DeadlineState.PAUSED
    assert shown(None, paused_reason=OUTSIDE) is DeadlineState.PAUSED
    assert shown(earlier, paused_reason=OUTSIDE) is DeadlineState.LATE


def test_a_met_target_stays_met_however_late_it_is_looked_at():
    assert shown(NOW - timedelta(days=3), met_at=NOW - timedelta(days=4)) is DeadlineState.MET
    assert shown(NOW, met_at=NOW) is DeadlineState.MET
    assert shown(None, met_at=NOW) is DeadlineState.MET


def test_a_target_met_too_late_stays_late():
    assert shown(NOW - timedelta(hours=1), met_at=NOW) is DeadlineState.LATE


def test_a_clock_without_a_deadline_is_ok():
    assert shown(None) is DeadlineState.OK


def test_the_order_of_urgency_is_the_order_of_the_queue():
    assert sorted(DeadlineState, key=lambda state: state.urgency) == list(DeadlineState)


@given(st.integers(-90_000, 900_000), st.integers(0, 90_000), st.integers(60, 400_000))
def test_a_deadline_never_looks_less_urgent_as_time_passes(left_s, passed_s, target_s):
    due_at = NOW + timedelta(seconds=left_s)

    before = deadline_state(NOW, due_at, target_seconds=target_s)
    after = deadline_state(NOW + timedelta(seconds=passed_s), due_at, target_seconds=target_s)

    assert after.urgency <= before.urgency


def shown(due_at: datetime | None, **known) -> DeadlineState:
    return deadline_state(NOW, due_at, target_seconds=4 * HOUR, **known)
