"""What happens to a ticket's clocks; each answers with the deadline that is nearest afterwards."""

from app.deadlines.actions.moving import (
    change_priority,
    end_clocks,
    explain_breach,
    mark_breached,
    pause_clocks,
    person_answered,
    promise,
    requester_wrote,
    restart_clocks,
    resume_clocks,
)
from app.deadlines.actions.starting import (
    ChosenPromise,
    PlannedClocks,
    chosen_promise,
    plan_clocks,
    start_clocks,
    target_of,
)
from app.deadlines.actions.watching import ClaimedDeadline, claim_due, lead_watch
from app.deadlines.next_due import ClockSubject, NextDue

__all__ = [
    "ChosenPromise",
    "ClaimedDeadline",
    "ClockSubject",
    "NextDue",
    "PlannedClocks",
    "change_priority",
    "chosen_promise",
    "claim_due",
    "end_clocks",
    "explain_breach",
    "lead_watch",
    "mark_breached",
    "pause_clocks",
    "person_answered",
    "plan_clocks",
    "promise",
    "requester_wrote",
    "restart_clocks",
    "resume_clocks",
    "start_clocks",
    "target_of",
]
