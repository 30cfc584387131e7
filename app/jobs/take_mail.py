"""A kept mail is taken: it becomes a ticket, an entry on one, or waits for a person."""

from app.jobs.mail_taking import mail_taker
from app.services import Services


def take_mail(services: Services, tenant_id: int, raw_mail_id: int) -> None:
    """Take one mail; again, it changes nothing. Raises what the queue tries again after."""
    mail_taker(services).take(tenant_id, raw_mail_id)
