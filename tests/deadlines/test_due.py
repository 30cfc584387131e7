"""When a promise falls due, its trace, and what must hold for all pauses."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.deadlines.clocks import due, target_length_s, warning_points
from app.deadlines.pauses import Pause, PauseReason
from app.deadlines.trace import trace_from_json, trace_to_json
from app.deadlines.trace_text import TEMPLATES, render_trace, trace_lines
from tenants.promises.open_pieces import OpenSpan
from tenants.promises.service_hours import WorkCalendar, is_open, working_seconds_between
from tenants.promises.target import Target, TargetKind, opening_hours, round_the_clock, working_days

KYIV = ZoneInfo("Europe/Kyiv")
OFFICE = WorkCalendar("Europe/Kyiv", (*((OpenSpan(9 * 60, 18 * 60),),) * 5, (), ()))
SPLIT = WorkCalendar(
    "America/New_York",
    (
        *((OpenSpan(8 * 60, 12 * 60), OpenSpan(12 * 60 + 30, 17 * 60)),) * 5,
        (OpenSpan(600, 720),),
        (),
    ),
)
FRIDAY = datetime(2026, 11, 27, 16, 40, tzinfo=KYIV)
FOR_REQUESTER = PauseReason.WAITING_FOR_REQUESTER


def test_four_hours_from_friday_afternoon_explain_themselves():
    result = due(OFFICE, opening_hours(hours=4), FRIDAY, ())

    assert result.due_at == kyiv(30, 11, 40)
    assert render_trace(result.trace, KYIV) == (
        "starts Fri 16:40, 4 h of service hours, 1 h 20 left today, closed Sat–Sun, due Mon 11:40"
    )


def test_a_round_the_clock_target_ignores_the_weekend():
    result = due(OFFICE, round_the_clock(hours=4), FRIDAY, ())

    assert result.due_at == kyiv(27, 20, 40)
    assert trace_lines(result.trace, KYIV)[1] == "4 h round the clock"


def test_working_days_skip_the_weekend():
    result = due(OFFICE, working_days(3), FRIDAY, ())

    assert result.due_at == datetime(2026, 12, 2, 16, 40, tzinfo=KYIV)
    assert render_trace(result.trace, KYIV) == (
        "starts Fri 16:40, working days: 3, closed Sat–Sun, due Wed 16:40"
    )


def test_a_clock_born_outside_of_hours_says_from_when_it_runs():
    result = due(OFFICE, opening_hours(hours=20), kyiv(28, 10, 0), ())

    assert render_trace(result.trace, KYIV) == (
        "starts Sat 10:00, 20 h of service hours, runs from Mon 09:00, "
        "18 h on Mon–Tue, due Wed 11:00"
    )


def test_a_day_beyond_the_week_is_told_with_its_date():
    result = due(OFFICE, opening_hours(hours=50), FRIDAY, ())

    assert trace_lines(result.trace, KYIV)[-1] == "due Mon 2026-12-07 12:40"


def test_a_pause_moves_the_due_time_by_its_working_time_and_is_told():
    waited = Pause(kyiv(27, 17, 0), kyiv(30, 10, 0), FOR_REQUESTER)

    result = due(OFFICE, opening_hours(hours=4), FRIDAY, [waited])

    assert result.due_at == kyiv(30, 13, 40)
    assert "paused Fri 17:00 to Mon 10:00: waits for the requester" in trace_lines(
        result.trace, KYIV
    )


def test_a_pause_that_lasts_leaves_no_due_time():
    result = due(
        OFFICE, opening_hours(hours=4), FRIDAY, [Pause(kyiv(27, 17, 0), None, FOR_REQUESTER)]
    )

    assert result.due_at is None
    assert trace_lines(result.trace, KYIV)[-1] == "paused since Fri 17:00: waits for the requester"


def test_a_clock_paused_from_birth_still_has_a_trace():
    result = due(OFFICE, opening_hours(hours=4), FRIDAY, [Pause(FRIDAY, None, FOR_REQUESTER)])

    assert result.due_at is None
    assert trace_lines(result.trace, KYIV)[0] == "starts Fri 16:40"


def test_a_target_used_up_before_a_lasting_pause_stays_due_then():
    late_pause = Pause(kyiv(30, 12, 0), None, FOR_REQUESTER)

    assert due(OFFICE, opening_hours(hours=4), FRIDAY, [late_pause]).due_at == kyiv(30, 11, 40)


def test_without_a_target_time_is_measured_without_a_deadline():
    result = due(OFFICE, None, FRIDAY, ())

    assert result.due_at is None
    assert render_trace(result.trace, KYIV).endswith("no target: measured without a deadline")
    assert warning_points(OFFICE, None, FRIDAY, ()) == ()


def test_warnings_come_at_shares_of_the_working_time():
    points = warning_points(OFFICE, opening_hours(hours=4), FRIDAY, ())

    assert [(point.percent, point.at) for point in points] == [
        (50, kyiv(30, 9, 40)),
        (75, kyiv(30, 10, 40)),
        (90, kyiv(30, 11, 16)),
        (100, kyiv(30, 11, 40)),
    ]


def test_working_days_have_a_length_in_open_seconds():
    assert target_length_s(OFFICE, working_days(3), FRIDAY) == 27 * 3600
    assert target_length_s(OFFICE, opening_hours(hours=4), FRIDAY) == 4 * 3600


def test_a_trace_can_be_told_in_another_language_and_zone():
    result = due(OFFICE, opening_hours(hours=4), FRIDAY, ())
    german = {"starts {at}": "ab {at}", "Fri": "Fr"}

    told = trace_lines(result.trace, ZoneInfo("Europe/Berlin"), lambda word: german.get(word, word))

    assert told[0] == "ab Fr 15:40"


def test_every_code_has_a_template():
    assert set(TEMPLATES) == set(type(next(iter(TEMPLATES))))


weeks = st.sampled_from([OFFICE, SPLIT])
targets = st.one_of(
    st.builds(Target, st.just(TargetKind.OPENING_HOURS), st.integers(60, 150_000)),
    st.builds(Target, st.just(TargetKind.CALENDAR), st.integers(60, 400_000)),
    st.builds(Target, st.just(TargetKind.WORKING_DAYS), st.integers(1, 6)),
)
starts = st.integers(0, 20 * 24 * 60).map(
    lambda minutes: datetime(2026, 10, 20, tzinfo=UTC) + timedelta(minutes=minutes)
)
reasons = st.sampled_from(PauseReason)
ended_pauses = st.builds(
    lambda at, length, reason: Pause(at, at + timedelta(minutes=length), reason),
    starts,
    st.integers(1, 6000),
    reasons,
)
pause_lists = st.lists(ended_pauses, max_size=4)


@given(weeks, targets, starts, pause_lists, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_pauses_does_not_matter(calendar, target, start, pauses, random):
    shuffled = random.sample(pauses, len(pauses))

    assert (
        due(calendar, target, start, pauses).due_at == due(calendar, target, start, shuffled).due_at
    )


@given(weeks, targets, starts, pause_lists, ended_pauses)
@settings(max_examples=60, deadline=None)
def test_another_pause_never_moves_the_due_time_earlier(calendar, target, start, pauses, more):
    before = due(calendar, target, start, pauses).due_at

    assert due(calendar, target, start, [*pauses, more]).due_at >= before


@given(weeks, targets, starts, pause_lists, ended_pauses, st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_pause_told_in_two_parts_is_one_pause(calendar, target, start, pauses, pause, share):
    middle = pause.started_at + (pause.ended_at - pause.started_at) * share
    parts = [
        Pause(pause.started_at, middle, pause.reason),
        Pause(middle, pause.ended_at, pause.reason),
    ]

    assert (
        due(calendar, target, start, [*pauses, *parts]).due_at
        == due(calendar, target, start, [*pauses, pause]).due_at
    )


@given(weeks, starts, st.integers(60, 150_000), pause_lists)
@settings(max_examples=60, deadline=None)
def test_the_due_time_leaves_exactly_the_target_outside_of_pauses(calendar, start, length, pauses):
    due_at = due(calendar, Target(TargetKind.OPENING_HOURS, length), start, pauses).due_at

    total = working_seconds_between(calendar, start, due_at)
    assert total - paused_seconds(calendar, start, due_at, pauses) == length


@given(weeks, starts, st.integers(60, 2000), pause_lists)
@settings(max_examples=40, deadline=None)
def test_the_due_time_agrees_with_a_walk_by_minutes(calendar, start, minutes, pauses):
    target = Target(TargetKind.OPENING_HOURS, minutes * 60)

    at, left = start, minutes
    while left:
        is_paused = any(pause.started_at <= at < pause.ended_at for pause in pauses)
        left -= is_open(calendar, at) and not is_paused
        at += timedelta(minutes=1)

    assert due(calendar, target, start, pauses).due_at == at


@given(weeks, targets, starts, pause_lists)
@settings(max_examples=40, deadline=None)
def test_warnings_come_in_order_and_the_last_is_the_due_time(calendar, target, start, pauses):
    instants = [point.at for point in warning_points(calendar, target, start, pauses)]

    assert instants == sorted(instants)
    assert instants[-1] == due(calendar, target, start, pauses).due_at


@given(weeks, targets, starts, pause_lists)
@settings(max_examples=40, deadline=None)
def test_a_trace_survives_storage_and_can_be_told(calendar, target, start, pauses):
    trace = due(calendar, target, start, pauses).trace

    assert trace_from_json(json.loads(json.dumps(trace_to_json(trace)))) == trace
    assert all(trace_lines(trace, KYIV))
    assert [line.at for line in trace] == sorted(line.at for line in trace)


def test_a_round_the_clock_target_is_lived_time_on_a_night_of_changing_clocks():
    before_the_change = datetime(2026, 10, 25, 1, 30, tzinfo=KYIV)

    due_at = due(OFFICE, round_the_clock(hours=4), before_the_change, ()).due_at

    assert due_at == datetime(2026, 10, 25, 4, 30, tzinfo=KYIV)


def kyiv(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=KYIV)


def paused_seconds(
    calendar: WorkCalendar, start: datetime, end: datetime, pauses: list[Pause]
) -> int:
    """Open seconds of `[start, end)` within any pause, by cutting time at every pause's ends."""
    ends = {at for pause in pauses for at in (pause.started_at, pause.ended_at)}
    cuts = sorted({start, end, *(at for at in ends if start < at < end)})
    return sum(
        working_seconds_between(calendar, one, next_one)
        for one, next_one in pairwise(cuts)
        if any(pause.started_at <= one < pause.ended_at for pause in pauses)
    )
