"""Mailboxes elsewhere are looked into, each by a job of its own: a slow one holds up none."""

from app.gateways.queue import Queue, defer
from app.services import Services
from tenants.brands.queries import polled_mailboxes

POLL_MAILBOX = "poll_mailbox"


def fetch_mail(services: Services) -> None:
    """Ask for a look into every polled mailbox, unless one waits already."""
    with services.database.across_tenants() as session:
        places = polled_mailboxes(session)
    for tenant_id, mailbox_id in places:
        with services.database.transaction(tenant_id) as session:
            defer(
                session,
                POLL_MAILBOX,
                queue=Queue.MAIL,
                queueing_lock=f"{POLL_MAILBOX}:{mailbox_id}",
                tenant_id=tenant_id,
                mailbox_id=mailbox_id,
            )
