"""A request for help becomes a ticket."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Table, bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from app.deadlines import actions as deadlines
from app.deadlines.actions import ClockSubject, PlannedClocks
from app.tickets.actions.writing import (
    Written,
    add_entry,
    add_events,
    due_columns,
    tell,
)
from app.tickets.changes import Change, NewTicket, fitting_subject
from app.tickets.kinds import EventKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.models import Ticket, TicketSeries
from app.tickets.state import TicketState
from tenants.database import acting_tenant
from tenants.promises.service_levels import PromisedTo

_TICKETS: Table = Ticket.__table__  # type: ignore[assignment]
_SERIES: Table = TicketSeries.__table__  # type: ignore[assignment]
FIRST_REVISION = 1


def open_ticket(session: Session, request: NewTicket, *, now: datetime) -> Written:
    """Open a ticket with its first entry, start its clocks and tell the desk.

    Locks the tenant's series until the transaction ends: read everything before.
    """
    planned = deadlines.plan_clocks(session, _promised_to(request), now=now)
    ticket = _add_ticket(session, request, planned, now=now)
    entry_id = add_entry(session, ticket, request.entry, revision=FIRST_REVISION, now=now)
    opened = Change(EventKind.OPENED, after={"channel": request.channel.value})
    add_events(session, ticket, (opened,), author=request.entry.author, now=now)
    deadlines.start_clocks(session, ticket.id, planned)
    tell(session, ticket)
    return Written(ticket, entry_id, promised_at=planned.resolution_due_at)


def clock_subject(ticket: TicketState) -> ClockSubject:
    """What the clocks must know of a ticket."""
    return ClockSubject(
        ticket_id=ticket.id,
        brand_id=ticket.brand_id,
        client_id=ticket.client_id,
        priority=ticket.priority,
        channel=ticket.channel.value,
        is_vip=ticket.is_vip,
    )


def _promised_to(request: NewTicket) -> PromisedTo:
    return PromisedTo(
        priority=request.priority,
        brand_id=request.brand_id,
        client_id=request.client_id,
        service_id=None,
        channel=request.channel.value,
        is_vip=request.is_vip,
    )


def _add_ticket(
    session: Session, request: NewTicket, planned: PlannedClocks, *, now: datetime
) -> TicketState:
    first = _first_values(request, acting_tenant(session), now)
    values = {**first, **due_columns(planned.next_due)}
    row = session.execute(_ADD_TICKET, values).one()
    return TicketState(
        id=row.id,
        number=row.number,
        is_vip=request.is_vip,
        **{name: values[name] for name in _KNOWN_FIELDS},
    )


def _first_values(request: NewTicket, tenant_id: int, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "prefix": request.prefix,
        "brand_id": request.brand_id,
        "requester_id": request.requester_id,
        "client_id": request.client_id,
        "subject": fitting_subject(request.subject),
        "kind": request.kind,
        "channel": request.channel,
        "priority": request.priority,
        "priority_reason": request.priority_reason,
        "status": TicketStatus.NEW,
        "assignee_id": None,
        "language": request.language,
        "source_ref": request.source_ref,
        "badge": request.badge,
        "revision": FIRST_REVISION,
        "created_at": now,
        "updated_at": now,
        "first_answered_at": None,
        "resolved_at": None,
        "reopened_count": 0,
    }


def _adding() -> ReturningInsert[int, int]:
    """Number and row in one statement, so that the series is locked for no round trip more."""
    series = (
        upsert(_SERIES)
        .values(tenant_id=bindparam("tenant_id", type_=BigInteger), last_number=1)
        .on_conflict_do_update(
            index_elements=[_SERIES.c.tenant_id],
            set_={"last_number": _SERIES.c.last_number + 1},
        )
        .returning(_SERIES.c.last_number)
        .cte("series")
    )
    values = [bindparam(name, type_=_TICKETS.c[name].type) for name in _FIRST_COLUMNS]
    return (
        insert(_TICKETS)
        .from_select(["number", *_FIRST_COLUMNS], select(series.c.last_number, *values))
        .returning(_TICKETS.c.id, _TICKETS.c.number)
    )


_KNOWN_FIELDS = frozenset(TicketState.__dataclass_fields__) - {"id", "number", "is_vip"}
_FIRST_COLUMNS = (
    "tenant_id",
    "prefix",
    "brand_id",
    "requester_id",
    "client_id",
    "subject",
    "kind",
    "channel",
    "priority",
    "priority_reason",
    "status",
    "assignee_id",
    "language",
    "source_ref",
    "badge",
    "revision",
    "created_at",
    "updated_at",
    "first_answered_at",
    "resolved_at",
    "reopened_count",
    "next_due_at",
    "next_due_kind",
    "next_due_target_s",
    "paused_reason",
)
_ADD_TICKET = _adding()
