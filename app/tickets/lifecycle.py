"""The states of a ticket and the ways between them, as one table."""

import enum


class TicketStatus(enum.Enum):
    """Where a ticket stands. RESOLVED: a fix was given. CLOSED: agreed, or the wait ran out."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_REQUESTER = "waiting_for_requester"
    WITH_PARTNER = "with_partner"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    RESOLVED = "resolved"
    CLOSED = "closed"


OPEN_STATUSES = frozenset(TicketStatus) - {TicketStatus.RESOLVED, TicketStatus.CLOSED}
WORKING_STATUSES = OPEN_STATUSES - {TicketStatus.NEW}

TRANSITIONS: dict[TicketStatus, frozenset[TicketStatus]] = {
    TicketStatus.NEW: WORKING_STATUSES | {TicketStatus.RESOLVED},
    TicketStatus.IN_PROGRESS: WORKING_STATUSES | {TicketStatus.RESOLVED},
    TicketStatus.WAITING_FOR_REQUESTER: WORKING_STATUSES | {TicketStatus.RESOLVED},
    TicketStatus.WITH_PARTNER: WORKING_STATUSES | {TicketStatus.RESOLVED},
    TicketStatus.WAITING_FOR_CONFIRMATION: WORKING_STATUSES | {TicketStatus.RESOLVED},
    TicketStatus.RESOLVED: frozenset({TicketStatus.CLOSED, TicketStatus.IN_PROGRESS}),
    TicketStatus.CLOSED: frozenset({TicketStatus.IN_PROGRESS}),
}


def may_become(status: TicketStatus, wanted: TicketStatus) -> bool:
    """Whether a ticket may go from `status` to `wanted`; staying put is no transition."""
    return wanted is not status and wanted in TRANSITIONS[status]


def is_open(status: TicketStatus) -> bool:
    """Whether somebody still has to do something."""
    return status in OPEN_STATUSES
