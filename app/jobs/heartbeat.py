"""Tell the outside that deadlines are noticed; silence there means that they are not."""

import logging

from app.clock import utc_now
from app.deadlines.queries import late_deadlines
from app.gateways.heartbeat import beat
from app.jobs.find_late_deadlines import LATE
from app.services import Services
from tenants.errors import GatewayError

log = logging.getLogger(__name__)


def heartbeat(services: Services) -> None:
    """One beat, while no deadline lies unnoticed; without HEARTBEAT_URL nothing happens."""
    if services.config.heartbeat_url is None:
        return
    with services.database.across_tenants() as session:
        if late_deadlines(session, before=utc_now() - LATE):
            return
    try:
        beat(services.config.heartbeat_url)
    except GatewayError as error:
        log.warning("heartbeat not heard", extra={"reason": str(error)})
