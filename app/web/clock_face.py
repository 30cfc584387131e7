"""What a deadline looks like at an instant: its state, and the figures left.

Pure, and apart from the promise itself (`app.deadlines`): here is only how urgent it looks. The
element `sla-clock` in the page goes on from the same rules; they are said in both places because
the first text must stand without script.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DUE_LEFT, DUE_SHARE = timedelta(minutes=15), 10
SOON_LEFT, SOON_SHARE = timedelta(minutes=60), 4
DAYS_FROM = 2 * DAY
MINUS = "\N{MINUS SIGN}"


class ClockState(StrEnum):
    """How a deadline looks; the first four also in order of urgency."""

    LATE = "late"
    DUE = "due"
    SOON = "soon"
    OK = "ok"
    PAUSED = "paused"
    CLOSED_HOURS = "closed-hours"
    MET = "met"


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What `deadline` of the templates shows. `text`: such as "03:51", "4 h 20" or "3 d 4 h"."""

    state: ClockState
    text: str


def clock_face(
    due_at: datetime, *, now: datetime, target: timedelta, translate: Callable[[str], str]
) -> ClockFace:
    """The face of a running deadline.

    `target`: the whole length of the promise; `translate`: the page's gettext.
    """
    left = due_at - now
    sign = MINUS if left < timedelta() else ""
    text = sign + figures(abs(left), translate=translate)
    return ClockFace(running_state(left, target=target), text)


def running_state(left: timedelta, *, target: timedelta) -> ClockState:
    """How urgent a running deadline is.

    Its last 15 minutes, or last tenth, are due; its last hour, or last quarter, soon.
    """
    if left < timedelta():
        return ClockState.LATE
    if left < max(DUE_LEFT, target / DUE_SHARE):
        return ClockState.DUE
    if left < max(SOON_LEFT, target / SOON_SHARE):
        return ClockState.SOON
    return ClockState.OK


def figures(length: timedelta, *, translate: Callable[[str], str]) -> str:
    """A length of time in the fewest figures that still tell: 03:51, 4 h 20, 3 d 4 h."""
    seconds = int(length.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if length < HOUR:
        return f"{minutes:02}:{seconds % 60:02}"
    if length < DAYS_FROM:
        shown = {"hours": hours, "minutes": f"{minutes % 60:02}"}
        return translate("%(hours)s h %(minutes)s") % shown
    return translate("%(days)s d %(hours)s h") % {"days": days, "hours": hours % 24}
