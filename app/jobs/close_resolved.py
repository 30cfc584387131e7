"""Resolved tickets whose waiting time ran out are closed, each in its own transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.clock import utc_now
from app.flows.resolved_to_closed import CLOSED_AFTER_DAYS, resolved_to_closed
from app.services import Services
from app.tickets.queries import resolved_tickets
from tenants.errors import NotFound, Refused

log = logging.getLogger(__name__)

AT_LEAST = timedelta(days=CLOSED_AFTER_DAYS - 1)  # working days are never shorter
MOST = 5000


def close_resolved(services: Services, *, clock: Callable[[], datetime] = utc_now) -> None:
    """Close what was resolved five working days ago; what somebody touches meanwhile waits."""
    now = clock()
    with services.database.across_tenants() as session:
        resolved = resolved_tickets(session, before=now - AT_LEAST, limit=MOST)
    closed = sum(_close(services, tenant_id, number, now=now) for tenant_id, number in resolved)
    if closed:
        log.info("tickets closed", extra={"tickets": closed})


def _close(services: Services, tenant_id: int, number: int, *, now: datetime) -> bool:
    try:
        with services.database.transaction(tenant_id) as session:
            return resolved_to_closed(session, number, now=now)
    except (NotFound, Refused) as refused:
        facts = {"tenant_id": tenant_id, "number": number, "reason": str(refused)}
        log.info("ticket not closed", extra=facts)
        return False
