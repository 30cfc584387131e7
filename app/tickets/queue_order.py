"""The views of the desk's queue and a place in it, as pages carry it.

Apart from the query, so that a cursor from outside is read in one place and refused there.
"""

import enum
from dataclasses import dataclass
from datetime import UTC, datetime

from tenants.errors import Refused

PAGE_ROWS = 100
MOST_COUNTED = 100  # beyond it a count reads "99+"; counting all would read all


class QueueView(enum.Enum):
    """Which open tickets. DUE: all, the most urgent first. NEW: untouched, the oldest first."""

    DUE = "due"
    MINE = "mine"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """After which row a page begins. `at`: its deadline, its opening in NEW; None: never due."""

    at: datetime | None
    tenant_id: int
    ticket_id: int

    def __str__(self) -> str:
        instant = "never" if self.at is None else self.at.astimezone(UTC).isoformat()
        return f"{instant}~{self.tenant_id}~{self.ticket_id}"


def parse_place(text: str) -> QueuePlace:
    """The place that `str()` wrote. Raises Refused for anything else."""
    try:
        instant, tenant_id, ticket_id = text.split("~")
        at = None if instant == "never" else datetime.fromisoformat(instant)
        place = QueuePlace(at, int(tenant_id), int(ticket_id))
    except ValueError:
        raise Refused("This place in the list is unreadable; begin at the top.") from None
    if (at is not None and at.tzinfo is None) or max(place.tenant_id, place.ticket_id) >= 1 << 63:
        raise Refused("This place in the list is unreadable; begin at the top.")
    return place
