"""Words that promises are told in: weekdays, spans of time, and the mark for translators.

Pure: who shows a text hands in `translate`, which turns an English msgid into the reader's words.
"""

from collections.abc import Callable
from datetime import timedelta

Translate = Callable[[str], str]

EN_DASH = "\N{EN DASH}"

# Marks a msgid so that the extraction of messages finds it; it is translated when it is shown.
N_ = str

WEEKDAYS: tuple[str, ...] = (
    N_("Mon"),
    N_("Tue"),
    N_("Wed"),
    N_("Thu"),
    N_("Fri"),
    N_("Sat"),
    N_("Sun"),
)

_HOURS_AND_MINUTES = N_("{hours} h {minutes:02d}")
_HOURS = N_("{hours} h")
_MINUTES = N_("{minutes} min")
_SECONDS = N_("{seconds} s")


def english(msgid: str) -> str:
    """The msgid itself: our msgids are English."""
    return msgid


def span_of_time(seconds: int, translate: Translate = english) -> str:
    """A length such as "1 h 20", "4 h", "15 min" or "40 s"; odd seconds of a minute are dropped."""
    minutes, rest_s = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours and minutes:
        return translate(_HOURS_AND_MINUTES).format(hours=hours, minutes=minutes)
    if hours:
        return translate(_HOURS).format(hours=hours)
    if minutes:
        return translate(_MINUTES).format(minutes=minutes)
    return translate(_SECONDS).format(seconds=rest_s)


def whole_seconds(span: timedelta) -> int:
    """`span` in whole seconds, the rest dropped."""
    return span // timedelta(seconds=1)
