"""The auditor: nobody may be a minute late with a deadline without somebody hearing of it."""

import logging
from datetime import timedelta

from app.clock import utc_now
from app.deadlines.queries import late_deadlines
from app.services import Services

log = logging.getLogger(__name__)

LATE = timedelta(seconds=60)


def find_late_deadlines(services: Services) -> None:
    """Raise the alarm where the watcher should have claimed a deadline a minute ago."""
    with services.database.across_tenants() as session:
        late = late_deadlines(session, before=utc_now() - LATE)
    if late:
        log.error("deadlines are late", extra={"deadlines": late})
