"""What the `deadline` macro shows for a ticket: the nearest promise, or why no clock runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import format_datetime
from flask_babel import gettext as _

from app.deadlines.clocks import target_length_s
from app.deadlines.cycles import Outcome, paused_reason
from app.deadlines.display import DeadlineState, deadline_state
from app.deadlines.queries import KeptCycle
from app.web.filters import countdown
from app.web.words import CLOCK_WORDS, PAUSE_WORDS


class Clocked(Protocol):
    """The deadline columns that a row of the queue and a ticket share."""

    @property
    def next_due_at(self) -> datetime | None:
        """The nearest running deadline."""

    @property
    def next_due_kind(self) -> str | None:
        """Which clock it belongs to."""

    @property
    def next_due_target_s(self) -> int | None:
        """The length of its promise in seconds."""

    @property
    def paused_reason(self) -> str | None:
        """Why no clock runs, when none does."""


@dataclass(frozen=True, slots=True)
class Face:
    """The arguments of the `deadline` macro."""

    state: str
    text: str
    label: str
    due: str = ""
    target_s: int | str = ""


def face_of(ticket: Clocked, *, now: datetime) -> Face:
    """The face of the nearest running deadline; of the pause, or of "in time", when none runs."""
    if ticket.next_due_at is not None:
        return running_face(
            ticket.next_due_at,
            kind=ticket.next_due_kind or "",
            target_s=ticket.next_due_target_s or 0,
            now=now,
        )
    if ticket.paused_reason:
        why = str(PAUSE_WORDS.get(ticket.paused_reason, ticket.paused_reason))
        return Face(DeadlineState.PAUSED.value, why, _("paused: %(why)s", why=why))
    return Face(DeadlineState.MET.value, _("in time"), _("no promise is running"))


def running_face(due_at: datetime, *, kind: str, target_s: int, now: datetime) -> Face:
    """The face of one running deadline."""
    state = deadline_state(now, due_at, target_seconds=target_s)
    text = countdown(due_at - now, translate=_)
    promise = str(CLOCK_WORDS.get(kind, kind))
    label = _("%(promise)s due %(at)s", promise=promise, at=format_datetime(due_at, "short"))
    return Face(state.value, text, label, due_at.isoformat(), target_s or "")


def cycle_face(kept: KeptCycle, *, now: datetime) -> Face:
    """The face of one clock of a ticket, ended or not."""
    cycle = kept.cycle
    promise = str(CLOCK_WORDS[cycle.kind.value])
    if cycle.ended_at is not None:
        is_met = cycle.outcome is not Outcome.BREACHED
        words = _("in time") if is_met else _("too late")
        state = DeadlineState.MET if is_met else DeadlineState.LATE
        return Face(state.value, words, f"{promise}: {words}")
    if kept.due_at is None:
        reason = paused_reason(cycle, kept.calendar, at=now)
        why = str(PAUSE_WORDS[reason.value]) if reason else _("no target")
        return Face(DeadlineState.PAUSED.value, why, f"{promise}: {why}")
    target_s = target_length_s(kept.calendar, cycle.target, cycle.started_at) if cycle.target else 0
    return running_face(kept.due_at, kind=cycle.kind.value, target_s=target_s, now=now)
