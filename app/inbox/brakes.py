"""When an automatic answer stays unwritten, so that two machines cannot talk for ever.

Apart from the flows, because the caps are a promise and a table of cases proves them.
Source: semantics, 2; security, P5.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_AN_HOUR = 5
MOST_A_DAY = 20
MOST_OF_A_SUBJECT = 2  # within a day
COUNTED_OVER = DAY

_PREFIX = re.compile(r"\s*(?:re|aw|sv|odp|fwd?|ответ|відповідь)(?:\[\d{1,3}\])?\s*:", re.IGNORECASE)
_NUMBER = re.compile(r"\[?\b[A-Z][A-Z0-9]{0,9}-\d{1,18}\b\]?")


class Brake(StrEnum):
    """Why an automatic answer was held back."""

    OWN_MAILBOX = "own_mailbox"
    HOURLY_CAP = "hourly_cap"
    DAILY_CAP = "daily_cap"
    SAME_SUBJECT = "same_subject"


@dataclass(frozen=True, slots=True)
class AnswerSent:
    """An automatic answer that the address got before."""

    at: datetime
    subject: str


def brake_on_answer(
    subject: str, earlier: Iterable[AnswerSent], *, is_own_mailbox: bool, now: datetime
) -> Brake | None:
    """Why an automatic answer with `subject` may not go out at `now`; None: it may.

    `earlier`: what the address got within COUNTED_OVER.
    """
    if is_own_mailbox:
        return Brake.OWN_MAILBOX
    recent = [answer for answer in earlier if answer.at > now - DAY]
    if sum(answer.at > now - HOUR for answer in recent) >= MOST_AN_HOUR:
        return Brake.HOURLY_CAP
    if len(recent) >= MOST_A_DAY:
        return Brake.DAILY_CAP
    wanted = bare_subject(subject)
    if sum(bare_subject(answer.subject) == wanted for answer in recent) >= MOST_OF_A_SUBJECT:
        return Brake.SAME_SUBJECT
    return None


def bare_subject(subject: str) -> str:
    """The subject without reply marks and ticket numbers: what two answers have in common."""
    bare = _NUMBER.sub(" ", subject[:1_000])
    while match := _PREFIX.match(bare):
        bare = bare[match.end() :]
    return " ".join(bare.lower().split())
