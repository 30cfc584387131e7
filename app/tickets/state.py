"""A ticket as a change finds it: locked by its writer, and whole enough to decide by.

Apart from the tables, so that decisions take values and not rows.
"""

from dataclasses import dataclass
from datetime import datetime

from app.tickets.kinds import Channel
from app.tickets.lifecycle import TicketStatus, is_open
from tenants.promises.priority import Priority


@dataclass(frozen=True, slots=True)
class TicketState:
    """Where a ticket stands. `revision`: raised by each change."""

    tenant_id: int
    id: int
    number: int
    prefix: str
    brand_id: int
    requester_id: int
    client_id: int | None
    subject: str
    channel: Channel
    priority: Priority
    status: TicketStatus
    assignee_id: int | None
    language: str
    revision: int
    created_at: datetime
    first_answered_at: datetime | None
    resolved_at: datetime | None
    reopened_count: int
    is_vip: bool

    @property
    def ref(self) -> str:
        """What people quote: HB-10481."""
        return f"{self.prefix}-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return is_open(self.status)
