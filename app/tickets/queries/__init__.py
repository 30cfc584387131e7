"""What is read about tickets: the desk's queue, a ticket's page, and single tickets."""

from app.tickets.queries.files import file_keys
from app.tickets.queries.names import TicketName, ticket_names
from app.tickets.queries.page import attachment, ticket_page
from app.tickets.queries.queue import desk_queue, queue_count, queue_rows
from app.tickets.queries.states import (
    entry_html,
    is_in_history,
    news_since,
    participants,
    reopenings_since,
    resolved_tickets,
    ticket_for_change,
    ticket_of_source,
    ticket_place,
    ticket_state,
    ticket_state_by_id,
)

__all__ = [
    "TicketName",
    "attachment",
    "desk_queue",
    "entry_html",
    "file_keys",
    "is_in_history",
    "news_since",
    "participants",
    "queue_count",
    "queue_rows",
    "reopenings_since",
    "resolved_tickets",
    "ticket_for_change",
    "ticket_names",
    "ticket_of_source",
    "ticket_page",
    "ticket_place",
    "ticket_state",
    "ticket_state_by_id",
]
