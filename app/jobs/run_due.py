"""Everything that is due at an instant, done at once and in order, without a worker."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.inbox.queries import forgotten_mails
from app.jobs.deadline_fired import deadline_fired
from app.jobs.deliver_outbox import send_message
from app.jobs.mail_taking import NotTaken, mail_taker
from app.jobs.watch_deadlines import Watcher
from app.outbox.queries import overdue_messages
from app.services import Services
from tenants.errors import GatewayError, NotFound

log = logging.getLogger(__name__)

MOST = 500
SHORTEST = timedelta(microseconds=1)  # "before" an instant leaves out what is due at it


@dataclass(frozen=True, slots=True)
class DueDone:
    """How much was due: mails taken, deadlines that came, messages tried."""

    mails: int
    deadlines: int
    messages: int


def run_due(services: Services, *, now: datetime) -> DueDone:
    """Take the mails that wait, record the deadlines that came, send what may be sent."""
    return DueDone(
        mails=_take_mails(services, now),
        deadlines=_record_deadlines(services, now),
        messages=_send_messages(services, now),
    )


def _take_mails(services: Services, now: datetime) -> int:
    taker = replace(mail_taker(services), clock=lambda: now)
    with services.database.across_tenants() as session:
        waiting = forgotten_mails(session, before=now + SHORTEST, limit=MOST)
    taken = 0
    for tenant_id, raw_mail_id in waiting:
        try:
            taker.take(tenant_id, raw_mail_id)
        except (GatewayError, NotFound, NotTaken) as failure:
            facts = {"tenant_id": tenant_id, "raw_mail_id": raw_mail_id}
            log.warning("mail not taken", extra={**facts, "reason": str(failure)})
        else:
            taken += 1
    return taken


def _record_deadlines(services: Services, now: datetime) -> int:
    claimed = Watcher(services.database).look(now=now)
    for each in claimed:
        deadline_fired(services, each.tenant_id, each.id, clock=lambda: now)
    return len(claimed)


def _send_messages(services: Services, now: datetime) -> int:
    with services.database.across_tenants() as session:
        due = overdue_messages(session, before=now + SHORTEST, limit=MOST)
    return sum(
        send_message(services, tenant_id, message_id, now=now) for tenant_id, message_id in due
    )
