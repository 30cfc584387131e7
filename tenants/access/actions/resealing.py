"""Second factors sealed anew, after a newer key was put in front of the old ones."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.access.actions.second_factor import COLUMN
from tenants.access.models import User
from tenants.database import acting_tenant
from tenants.sealing import Sealer


def reseal_second_factors(session: Session, *, sealer: Sealer) -> int:
    """How many secrets of the session's tenant were sealed anew. Safe to repeat.

    Raises Unreadable for a secret whose key is not set any more.
    """
    tenant_id, resealed = acting_tenant(session), 0
    rows = session.scalars(
        select(User)
        .where(User.tenant_id == tenant_id, User.totp_secret.is_not(None))
        .with_for_update()
    )
    for user in rows:
        if user.totp_secret is not None and not sealer.is_current(user.totp_secret):
            user.totp_secret = sealer.reseal(
                user.totp_secret, tenant_id=tenant_id, column=COLUMN, row=user.id
            )
            resealed += 1
    return resealed
