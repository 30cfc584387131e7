"""Mails that wait without a job of their own get one again."""

import logging
from datetime import timedelta

from app.clock import utc_now
from app.gateways.queue import Queue, defer_each
from app.gateways.queue_state import things_in_line
from app.inbox.actions import TAKE_MAIL
from app.inbox.queries import forgotten_mails
from app.services import Services

log = logging.getLogger(__name__)

LATE = timedelta(minutes=2)
MOST = 500


def retake_mails(services: Services) -> None:
    """Ask once more for each mail that was kept two minutes ago and that no job will take."""
    with services.database.across_tenants() as session:
        in_line = things_in_line(session, TAKE_MAIL, "raw_mail_id")
        waiting = forgotten_mails(session, before=utc_now() - LATE, limit=MOST)
        forgotten = [place for place in waiting if place not in in_line]
        asked = [{"tenant_id": tenant_id, "raw_mail_id": mail} for tenant_id, mail in forgotten]
        defer_each(session, TAKE_MAIL, asked, queue=Queue.INTAKE)
    if forgotten:
        log.warning("mails were waiting without a job", extra={"mails": len(forgotten)})
