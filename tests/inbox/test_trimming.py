# ruff: noqa: RUF001 - quotes in their own alphabets
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.trimming import LOW_CONFIDENCE, trim_reply

QUOTE = "> Have you tried it?\n> Yours\n"
HEADERS = "From: Ben <ben@x.org>\nSent: Monday\nTo: Ada\nSubject: It\n\nHave you tried it?\n"


@pytest.mark.parametrize(
    "below",
    [
        f"On Tue, 5 Mar 2024 at 10:15, Ben <ben@x.org> wrote:\n{QUOTE}",
        f"On Tue, 5 Mar 2024 at 10:15, Ben <\nben@x.org> wrote:\n\n{QUOTE}",
        f"вт, 5 мар. 2024 г. в 10:15, Бен <ben@x.org>:\n{QUOTE}",
        f"05.03.2024 10:15, Бен пишет:\n{QUOTE}",
        f"5 березня 2024, 10:15, Бен написав:\n{QUOTE}",
        f"Am Di., 5. März 2024 um 10:15 Uhr schrieb Ben <ben@x.org>:\n{QUOTE}",
        f"Le mar. 5 mars 2024 à 10:15, Ben <ben@x.org> a écrit :\n{QUOTE}",
        f"El mar, 5 mar 2024 a las 10:15, Ben (<ben@x.org>) escribió:\n{QUOTE}",
        f"Il giorno mar 5 mar 2024 alle 10:15 Ben <ben@x.org> ha scritto:\n{QUOTE}",
        f"2024-03-05 10:15 GMT+02:00 Ben <ben@x.org>:\n{QUOTE}",
        f"Ben wrote:\n{QUOTE}",
        f"-----Original Message-----\n{HEADERS}",
        f"________________________________\n{HEADERS}",
        HEADERS,
        "Von: Ben\nGesendet: Montag\nAn: Ada\nBetreff: Es\n\nHast du?\n",
        "От: Бен\nОтправлено: понедельник\nКому: Аде\nТема: Оно\n\nПробовали?\n",
        "Від: Бен\nНадіслано: понеділок\nКому: Аді\nТема: Воно\n\nСпробували?\n",
        "## Please reply above this line ##\n\nHave you tried it?\n",
        QUOTE,
        "-- \nAda\nClient Ltd\n",
        "Sent from my iPhone\n",
        "Отправлено с iPhone\n",
        "Надіслано з iPhone\n",
        f"Sent from my telephone\n\nOn 5 Mar 2024, at 10:15, Ben wrote:\n{QUOTE}",
    ],
    ids=str,
)
def test_only_what_was_written_now_is_visible(below):
    trimmed = trim_reply(f"It works, thanks.\n\nAda\n\n{below}")

    assert trimmed.visible == "It works, thanks.\n\nAda\n"
    assert trimmed.confidence >= LOW_CONFIDENCE


@pytest.mark.parametrize(
    "text",
    [
        "The log says:\nerror 500 at 10:15\nPlease help.\n",
        "From: I would say the left one.\nAll good.\n",
        "Steps:\n1. open\n2. close -- it fails\n",
        "Name: Ada\nDate: Monday\nSubject to change: no\n",
        "I wrote: nothing works.\nStill broken.\n",
    ],
    ids=str,
)
def test_a_text_without_quotes_stays_whole(text):
    assert trim_reply(text).visible == text


def test_answers_between_quotes_are_visible():
    trimmed = trim_reply("On 5 Mar 2024 Ben wrote:\n> One?\nYes.\n> Two?\nNo.\n-- \nAda\n")

    assert trimmed.visible == "Yes.\nNo.\n"


@pytest.mark.parametrize(
    "text",
    [QUOTE, f"---------- Forwarded message ---------\n{HEADERS}", "-- \nAda\n"],
    ids=["quote", "forwarded", "signature"],
)
def test_where_nothing_would_be_left_the_whole_is_visible_and_doubtful(text):
    trimmed = trim_reply(text)

    assert trimmed.visible == text
    assert trimmed.confidence < LOW_CONFIDENCE


LINES = st.lists(
    st.sampled_from(
        [
            "hello\n",
            "\n",
            "> quoted\n",
            "-- \n",
            "From: a\n",
            "To: b\n",
            "Subject: c\r\n",
            "On 5 Mar 2024 Ben wrote:\n",
            "-----Original Message-----\n",
            "Sent from my iPhone\n",
            "reply above this line\n",
            "end",
        ]
    )
    | st.text(max_size=30),
    max_size=30,
)


@given(lines=LINES)
def test_nothing_is_lost(lines):
    text = "".join(lines)

    trimmed = trim_reply(text)

    assert sorted(trimmed.visible + trimmed.quoted) == sorted(text)
    whole = text.splitlines(keepends=True)
    visible = iter(trimmed.visible.splitlines(keepends=True))
    assert all(any(line == other for other in iter(whole)) for line in visible)
    assert 0 <= trimmed.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "word " * 30_000,
        "wrote:" * 25_000,
        "On Mon, Jan 1, 2024 at 10:00 x wrote\n" * 3_000,
        "On Tue, 5 Mar 2024, Ben wrote:\n" * 3_000,
        "From: a\n" * 10_000,
        "> " * 75_000,
        "-" * 150_000,
        "Sent from " * 15_000,
        "reply above " * 12_000,
        " " * 150_000 + "x",
        "On " * 50_000,
    ],
    ids=lambda text: text[:20],
)
def test_trimming_is_linear(text):
    begun = time.process_time()

    trim_reply(text)

    assert time.process_time() - begun < 0.5
