"""What is read about tickets: the desk's queue, a ticket's page, and places by reference."""

from app.tickets.queries.queue import desk_queue, queue_count, queue_rows

__all__ = ["desk_queue", "queue_count", "queue_rows"]
