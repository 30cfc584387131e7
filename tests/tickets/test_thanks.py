"""Whoever only says thank you does not reopen a ticket."""
# ruff: noqa: RUF001 - the words are Cyrillic on purpose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.thanks import LONGEST, is_only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thank you very much!",
        "thanks 👍",
        "Hi Ada,\nthanks a lot, it works now.\nBest regards,\nOlena Koval\n+380 44 000 00 00",
        "Спасибо большое, всё работает!",
        "Дякую! Все працює.",
        "Доброго дня Ада! Щиро дякую за допомогу.\nЗ повагою,\nОлена",
    ],
    ids=["plain", "picture", "letter", "russian", "ukrainian", "ukrainian letter"],
)
def test_thanks_are_thanks_in_three_languages(text):
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Thanks, but it still fails",
        "Thank you. When will it be fixed?",
        "Thanks, problem again",
        "Спасибо, но не работает",
        "Дякую, але знову не працює",
        "Thanks! Please also open port 8080",
    ],
    ids=["empty", "ok", "fails", "question", "again", "russian", "ukrainian", "more"],
)
def test_whoever_says_more_than_thanks_is_heard(text):
    assert not is_only_thanks(text)


@given(st.text(max_size=LONGEST))
def test_a_question_is_never_only_thanks(text):
    assert not is_only_thanks(f"Thanks {text}?")
