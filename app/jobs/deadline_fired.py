"""What the watcher claimed is recorded on its ticket."""

import logging
from collections.abc import Callable
from datetime import datetime

from app.clock import utc_now
from app.flows.deadline_to_event import deadline_to_event
from app.services import Services

log = logging.getLogger(__name__)


def deadline_fired(
    services: Services, tenant_id: int, deadline_id: int, *, clock: Callable[[], datetime] = utc_now
) -> None:
    """Record the warning or the breach; again, it changes nothing."""
    with services.database.transaction(tenant_id) as session:
        recorded = deadline_to_event(session, deadline_id, now=clock())
    if recorded is not None:
        facts = {"tenant_id": tenant_id, "ticket_id": recorded.ticket_id}
        log.info("deadline came", extra={**facts, "kind": recorded.kind.value})
