"""Sign-in sessions and throttles that no longer mean anything are deleted."""

from app.clock import utc_now
from app.services import Services
from tenants.access.actions import forget_old_sign_ins


def forget_sign_ins(services: Services) -> None:
    """Delete what is over: ended and expired sessions, old throttles and invitations."""
    with services.database.across_tenants() as session:
        forget_old_sign_ins(session, now=utc_now())
