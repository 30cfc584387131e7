"""What is done to tickets; each change writes its history and tells the pages, once."""

from app.tickets.actions.facts import (
    add_participant,
    link_tickets,
    record_clock_event,
    record_event,
)
from app.tickets.actions.opening import open_ticket
from app.tickets.actions.words import (
    add_note,
    append_entry_only,
    append_requester_entry,
    keep_automatic_answer,
    reopen_ticket,
    reply_to_requester,
)
from app.tickets.actions.work import (
    assign_ticket,
    change_priority,
    change_status,
    promise_time,
    resolve_ticket,
    take_ticket,
)
from app.tickets.actions.writing import Written

__all__ = [
    "Written",
    "add_note",
    "add_participant",
    "append_entry_only",
    "append_requester_entry",
    "assign_ticket",
    "change_priority",
    "change_status",
    "keep_automatic_answer",
    "link_tickets",
    "open_ticket",
    "promise_time",
    "record_clock_event",
    "record_event",
    "reopen_ticket",
    "reply_to_requester",
    "resolve_ticket",
    "take_ticket",
]
