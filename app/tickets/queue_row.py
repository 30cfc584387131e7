"""One row of the desk's queue, with everything it shows.

Apart from the query, so that pages and tests can make one without a database.
"""

from dataclasses import dataclass
from datetime import datetime

from app.tickets.kinds import Channel
from app.tickets.lifecycle import TicketStatus
from app.tickets.queue_order import QueuePlace, QueueView
from tenants.promises.priority import Priority


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An open ticket among those of all the operator's tenants.

    `next_due_at`: the nearest running deadline; `next_due_kind`: the ClockKind it belongs to;
    `next_due_target_s`: the length of its target in seconds; `paused_reason`: a PauseReason.
    """

    tenant_id: int
    ticket_id: int
    number: int
    prefix: str
    subject: str
    brand_id: int
    brand_name: str
    requester_name: str
    client_name: str | None
    is_vip: bool
    channel: Channel
    priority: Priority
    status: TicketStatus
    assignee_id: int | None
    badge: str | None
    revision: int
    created_at: datetime
    updated_at: datetime
    next_due_at: datetime | None
    next_due_kind: str | None
    next_due_target_s: int | None
    paused_reason: str | None

    @property
    def ref(self) -> str:
        """What people quote: HB-10481."""
        return f"{self.prefix}-{self.number}"

    def place(self, view: QueueView) -> QueuePlace:
        """Where the page after this row begins."""
        at = self.created_at if view is QueueView.NEW else self.next_due_at
        return QueuePlace(at, self.tenant_id, self.ticket_id)
