"""What may happen to a clock: pauses, ends, changed targets, reopening."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.deadlines.cycles import (
    Cycle,
    Outcome,
    cycle_due,
    end,
    follow_waiting,
    is_late,
    pause,
    paused_reason,
    recompute,
    reopen,
    resume,
    start_cycle,
    start_promise,
)
from app.deadlines.pauses import ClockKind, Pause, PauseReason, WaitsFor
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.service_hours import WorkCalendar
from tenants.promises.target import opening_hours, round_the_clock

OFFICE = WorkCalendar("UTC", (*((OpenSpan(9 * 60, 18 * 60),),) * 5, (), ()))
FOR_REQUESTER = PauseReason.WAITING_FOR_REQUESTER
FOR_CONFIRMATION = PauseReason.WAITING_FOR_CONFIRMATION


@pytest.mark.parametrize(
    ("waits_for", "reason"),
    [
        (WaitsFor.REQUESTER, FOR_REQUESTER),
        (WaitsFor.CONFIRMATION, FOR_CONFIRMATION),
        (WaitsFor.PARTNER, None),
        (WaitsFor.DESK, None),
    ],
)
def test_only_waiting_for_the_requesters_side_pauses_the_resolution_clock(waits_for, reason):
    cycle = a_resolution(waits_for=waits_for)

    assert paused_reason(cycle, OFFICE, at=at(11)) is reason


@pytest.mark.parametrize("kind", [kind for kind in ClockKind if kind is not ClockKind.RESOLUTION])
def test_no_other_clock_pauses_while_the_ticket_waits(kind):
    cycle = start_cycle(kind, opening_hours(hours=4), at=at(10), waits_for=WaitsFor.REQUESTER)

    assert cycle.pauses == ()


def test_a_ticket_born_waiting_is_paused_from_birth():
    cycle = a_resolution(waits_for=WaitsFor.REQUESTER)

    assert cycle.pauses == (Pause(at(10), None, FOR_REQUESTER),)
    assert cycle_due(cycle, OFFICE).due_at is None


def test_an_answer_of_the_requester_resumes_the_clock_where_it_stood():
    waiting = follow_waiting(a_resolution(), WaitsFor.REQUESTER, at=at(11))

    answered = follow_waiting(waiting, WaitsFor.DESK, at=at(13))

    assert cycle_due(answered, OFFICE).due_at == at(16)


def test_waiting_for_something_else_is_another_pause():
    waiting = pause(a_resolution(), FOR_REQUESTER, at=at(11))

    cycle = pause(waiting, FOR_CONFIRMATION, at=at(12))

    assert cycle.pauses == (
        Pause(at(11), at(12), FOR_REQUESTER),
        Pause(at(12), None, FOR_CONFIRMATION),
    )


def test_a_clock_shows_that_it_rests_outside_of_service_hours():
    assert paused_reason(a_resolution(), OFFICE, at=at(20)) is PauseReason.OUTSIDE_SERVICE_HOURS
    assert paused_reason(a_resolution(round_the_clock(hours=4)), OFFICE, at=at(20)) is None
    assert paused_reason(a_resolution(None), OFFICE, at=at(20)) is None


def test_a_clock_ends_in_time_up_to_its_due_instant():
    assert end(a_resolution(), OFFICE, at=at(14)).outcome is Outcome.MET
    assert end(a_resolution(), OFFICE, at=at(14, second=1)).outcome is Outcome.BREACHED
    assert end(a_resolution(None), OFFICE, at=at(23)).outcome is Outcome.MET


def test_a_clock_that_ends_while_paused_ends_in_time_and_closes_its_pause():
    ended = end(pause(a_resolution(), FOR_REQUESTER, at=at(13)), OFFICE, at=at(23))

    assert ended.outcome is Outcome.MET
    assert ended.pauses == (Pause(at(13), at(23), FOR_REQUESTER),)
    assert paused_reason(ended, OFFICE, at=at(23)) is None


def test_a_lower_priority_is_counted_from_the_start_of_the_cycle():
    (cycle,) = recompute(a_resolution(), OFFICE, opening_hours(hours=7), at=at(13))

    assert cycle.number == 1
    assert cycle_due(cycle, OFFICE).due_at == at(17)


def test_a_raise_that_leaves_time_stays_in_the_cycle():
    (cycle,) = recompute(a_resolution(), OFFICE, opening_hours(hours=3), at=at(12))

    assert cycle_due(cycle, OFFICE).due_at == at(13)


def test_a_raise_that_would_itself_make_it_late_opens_a_new_cycle():
    old, new = recompute(a_resolution(), OFFICE, opening_hours(hours=1), at=at(13))

    assert (old.outcome, old.ended_at) == (Outcome.SUPERSEDED, at(13))
    assert old.target == opening_hours(hours=4)
    assert (new.number, new.started_at, new.is_running) == (2, at(13), True)
    assert cycle_due(new, OFFICE).due_at == at(14)


def test_a_clock_already_late_stays_late_when_its_priority_is_raised():
    (cycle,) = recompute(a_resolution(), OFFICE, opening_hours(hours=1), at=at(15))

    assert cycle.number == 1
    assert is_late(cycle, OFFICE, at=at(15))


def test_a_new_cycle_of_a_paused_clock_is_paused_too():
    waiting = pause(a_resolution(), FOR_REQUESTER, at=at(12))

    old, new = recompute(waiting, OFFICE, opening_hours(hours=1), at=at(13))

    assert old.open_pause is None
    assert new.pauses == (Pause(at(13), None, FOR_REQUESTER),)


def test_reopening_starts_a_new_resolution_cycle_and_keeps_the_old_as_a_fact():
    ended = end(a_resolution(), OFFICE, at=at(12))

    reopened = reopen(ended, at=at(15))

    assert (reopened.number, reopened.started_at) == (2, at(15))
    assert reopened.target == ended.target
    assert ended.outcome is Outcome.MET


def test_a_met_first_response_stays_met_when_the_ticket_is_reopened():
    met = end(start_cycle(ClockKind.FIRST_RESPONSE, None, at=at(10)), OFFICE, at=at(11))

    assert reopen(met, at=at(15)) is met


def test_a_promise_never_moves_by_itself():
    promise = start_promise(at(14, minute=30), at=at(10))

    assert follow_waiting(promise, WaitsFor.REQUESTER, at=at(11)) == promise
    assert recompute(promise, OFFICE, opening_hours(hours=1), at=at(12)) == (promise,)
    assert cycle_due(promise, OFFICE).due_at == at(14, minute=30)
    assert end(promise, OFFICE, at=at(14, minute=30)).outcome is Outcome.MET


steps = st.lists(
    st.tuples(st.integers(0, 2000), st.sampled_from(WaitsFor), st.booleans()), max_size=8
).map(sorted)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_doing_each_thing_twice_is_doing_it_once(moves):
    once = twice = a_resolution()

    for minutes, waits_for, ends in moves:
        now = at(10) + timedelta(minutes=minutes)
        once = step(once, waits_for, ends, now)
        twice = step(step(twice, waits_for, ends, now), waits_for, ends, now)

    assert twice == once


@given(steps)
@settings(max_examples=60, deadline=None)
def test_pauses_stay_apart_in_order_and_at_most_one_lasts(moves):
    cycle = a_resolution()

    for minutes, waits_for, ends in moves:
        cycle = step(cycle, waits_for, ends, at(10) + timedelta(minutes=minutes))

    for one, next_one in pairwise(cycle.pauses):
        assert one.started_at < one.ended_at <= next_one.started_at
    assert cycle.is_running or cycle.open_pause is None


@given(steps, st.integers(1, 20), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_a_changed_target_never_makes_a_clock_late_at_once(moves, hours, minutes):
    cycle, now = a_resolution(), at(10)
    for minutes_in, waits_for, _ in moves:
        now = max(now, at(10) + timedelta(minutes=minutes_in))
        cycle = follow_waiting(cycle, waits_for, at=now)
    now += timedelta(minutes=minutes)

    *_, running = recompute(cycle, OFFICE, opening_hours(hours=hours), at=now)

    if not is_late(cycle, OFFICE, at=now):
        assert not is_late(running, OFFICE, at=now)
    assert (running.open_pause is None) == (cycle.open_pause is None)


def test_resuming_at_the_instant_of_the_pause_leaves_no_trace_of_it():
    assert resume(pause(a_resolution(), FOR_REQUESTER, at=at(11)), at=at(11)) == a_resolution()


def a_resolution(target=opening_hours(hours=4), waits_for=WaitsFor.DESK) -> Cycle:  # noqa: B008  a frozen value
    return start_cycle(ClockKind.RESOLUTION, target, at=at(10), waits_for=waits_for)


def step(cycle: Cycle, waits_for: WaitsFor, ends: bool, now: datetime) -> Cycle:  # noqa: FBT001
    return end(cycle, OFFICE, at=now) if ends else follow_waiting(cycle, waits_for, at=now)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, second, tzinfo=UTC)
