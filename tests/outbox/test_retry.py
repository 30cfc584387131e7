"""When an attempt is made again, and when no more."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.outbox.retry import GIVEN_UP_AFTER, PAUSES, after_failure, after_unknown
from tests.cast import MONDAY


def test_a_relay_that_says_later_is_tried_after_1_5_and_15_minutes_up_to_every_4_hours():
    assert [pause.total_seconds() / 60 for pause in PAUSES[:3]] == [1, 5, 15]
    assert PAUSES[-1] == timedelta(hours=4)


def test_a_message_is_tried_for_72_hours_and_then_given_up():
    now, attempts = MONDAY, 0
    while True:
        attempts += 1
        verdict = after_failure(attempts=attempts, written_at=MONDAY, is_permanent=False, now=now)
        if verdict.again_at is None:
            break
        now = verdict.again_at

    assert now - MONDAY >= GIVEN_UP_AFTER
    assert now - MONDAY < GIVEN_UP_AFTER + PAUSES[-1]


@given(attempts=st.integers(1, 1000), waited_s=st.integers(0, 400_000))
def test_a_permanent_failure_is_never_tried_again(attempts, waited_s):
    now = MONDAY + timedelta(seconds=waited_s)

    verdict = after_failure(attempts=attempts, written_at=MONDAY, is_permanent=True, now=now)

    assert verdict.again_at is None


@given(attempts=st.integers(1, 1000))
def test_the_pauses_never_shrink(attempts):
    def pause(number):
        return after_failure(
            attempts=number, written_at=MONDAY, is_permanent=False, now=MONDAY
        ).again_at

    assert pause(attempts) <= pause(attempts + 1)


def test_a_relay_that_went_silent_once_gets_one_more_copy_and_no_third():
    assert after_unknown(1, attempts=1, now=MONDAY).again_at == MONDAY + PAUSES[0]
    assert after_unknown(2, attempts=2, now=MONDAY).again_at is None
