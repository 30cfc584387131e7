"""Two machines cannot talk for ever: the caps on automatic answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.brakes import (
    MOST_A_DAY,
    MOST_AN_HOUR,
    AnswerSent,
    Brake,
    bare_subject,
    brake_on_answer,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def answers(number, *, every, subject="Matter {}"):
    return [
        AnswerSent(NOON - (place + 1) * every, subject.format(place)) for place in range(number)
    ]


@pytest.mark.parametrize(
    ("earlier", "brake"),
    [
        ([], None),
        (answers(MOST_AN_HOUR - 1, every=timedelta(minutes=5)), None),
        (answers(MOST_AN_HOUR, every=timedelta(minutes=5)), Brake.HOURLY_CAP),
        (answers(MOST_AN_HOUR, every=timedelta(minutes=15)), None),
        (answers(MOST_A_DAY - 1, every=timedelta(minutes=65)), None),
        (answers(MOST_A_DAY, every=timedelta(minutes=65)), Brake.DAILY_CAP),
        (answers(1, every=timedelta(hours=2), subject="[HB-1] Alarm"), None),
        (answers(2, every=timedelta(hours=2), subject="[HB-{}] Re: alarm"), Brake.SAME_SUBJECT),
        (answers(2, every=timedelta(hours=25), subject="Alarm"), None),
    ],
    ids=["none", "four", "five", "slow", "nineteen", "twenty", "once", "twice", "yesterday"],
)
def test_the_caps_hold(earlier, brake):
    assert brake_on_answer("Alarm", earlier, is_own_mailbox=False, now=NOON) is brake


def test_a_mailbox_of_ours_is_never_answered():
    assert brake_on_answer("x", [], is_own_mailbox=True, now=NOON) is Brake.OWN_MAILBOX


@given(st.lists(st.integers(1, 120), max_size=60))
def test_no_pace_of_mails_gets_more_than_the_caps(pauses_min):
    sent, now = [], NOON
    for number, pause_min in enumerate(pauses_min):
        now += timedelta(minutes=pause_min)
        if brake_on_answer(f"Matter {number}", sent, is_own_mailbox=False, now=now) is None:
            sent.append(AnswerSent(now, f"Matter {number}"))

    for answer in sent:
        hour = [each for each in sent if answer.at - timedelta(hours=1) < each.at <= answer.at]
        day = [each for each in sent if answer.at - timedelta(days=1) < each.at <= answer.at]
        assert len(hour) <= MOST_AN_HOUR
        assert len(day) <= MOST_A_DAY


@given(st.text(max_size=300))
def test_a_bare_subject_is_bare_already(subject):
    assert bare_subject(bare_subject(subject)) == bare_subject(subject)
