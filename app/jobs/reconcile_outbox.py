"""Messages that wait without a job of their own get one again."""

import logging
from datetime import timedelta

from app.clock import utc_now
from app.outbox.actions import ask_again
from app.outbox.queries import overdue_messages
from app.services import Services

log = logging.getLogger(__name__)

LATE = timedelta(minutes=10)
MOST = 500


def reconcile_outbox(services: Services) -> None:
    """Ask once more for each message that should have been tried ten minutes ago."""
    with services.database.across_tenants() as session:
        overdue = overdue_messages(session, before=utc_now() - LATE, limit=MOST)
    for tenant_id, message_id in overdue:
        with services.database.transaction(tenant_id) as session:
            ask_again(session, message_id)
    if overdue:
        log.warning("messages were waiting without a job", extra={"messages": len(overdue)})
