"""What the `deadline` macro shows for a ticket: the nearest promise, or why no clock runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.deadlines.clocks import target_length_s
from app.deadlines.cycles import Outcome, paused_reason
from app.deadlines.display import DeadlineState, deadline_state
from app.deadlines.queries import KeptCycle
from app.outbox.instants import instant
from app.web.filters import countdown
from app.web.localization import Reader
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


def face_of(ticket: Clocked, *, reader: Reader, now: datetime) -> Face:
    """The face of the nearest running deadline; of the pause, or of "in time", when none runs."""
    if ticket.next_due_at is not None:
        return running_face(
            ticket.next_due_at,
            kind=ticket.next_due_kind or "",
            target_s=ticket.next_due_target_s or 0,
            reader=reader,
            now=now,
        )
    say = reader.say
    if ticket.paused_reason:
        why = str(PAUSE_WORDS.get(ticket.paused_reason, ticket.paused_reason))
        return Face(DeadlineState.PAUSED.value, why, say("paused: %(why)s") % {"why": why})
    return Face(DeadlineState.MET.value, say("in time"), say("no promise is running"))


def running_face(
    due_at: datetime, *, kind: str, target_s: int, reader: Reader, now: datetime
) -> Face:
    """The face of one running deadline."""
    state = deadline_state(now, due_at, target_seconds=target_s)
    text = countdown(due_at - now, translate=reader.say)
    promise = str(CLOCK_WORDS.get(kind, kind))
    at = instant(due_at, locale=reader.locale, zone=reader.zone)
    say = reader.say
    label = say("%(promise)s due %(at)s") % {"promise": promise, "at": at}
    return Face(state.value, text, label, due_at.isoformat(), target_s or "")


def cycle_face(kept: KeptCycle, *, reader: Reader, now: datetime) -> Face:
    """The face of one clock of a ticket, ended or not."""
    cycle, say = kept.cycle, reader.say
    promise = str(CLOCK_WORDS[cycle.kind.value])
    if cycle.ended_at is not None:
        is_met = cycle.outcome is not Outcome.BREACHED
        words = say("in time") if is_met else say("too late")
        state = DeadlineState.MET if is_met else DeadlineState.LATE
        return Face(state.value, words, f"{promise}: {words}")
    if kept.due_at is None:
        reason = paused_reason(cycle, kept.calendar, at=now)
        why = str(PAUSE_WORDS[reason.value]) if reason else say("no target")
        return Face(DeadlineState.PAUSED.value, why, f"{promise}: {why}")
    target_s = target_length_s(kept.calendar, cycle.target, cycle.started_at) if cycle.target else 0
    kind = cycle.kind.value
    return running_face(kept.due_at, kind=kind, target_s=target_s, reader=reader, now=now)
