"""Single-use links by which a person sets a password: invitations and resets."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from tenants.access.actions.audit import record_audit
from tenants.access.actions.people import set_password
from tenants.access.models import Invitation
from tenants.access.sign_in import actor_of
from tenants.access.tokens import RANDOM_LENGTH, token_digest, token_text
from tenants.database import acting_tenant
from tenants.errors import NotFound

INVITATION_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(hours=1)


def invite(session: Session, user_id: int, *, lifetime: timedelta, by: str, now: datetime) -> str:
    """The token of a new link for a person; links handed out before stop working.

    Raises IntegrityError for a person who does not exist: callers have just read them.
    """
    tenant_id = acting_tenant(session)
    token = token_text(tenant_id, secrets.token_bytes(RANDOM_LENGTH))
    session.execute(
        update(Invitation)
        .where(
            Invitation.tenant_id == tenant_id,
            Invitation.user_id == user_id,
            Invitation.used_at.is_(None),
        )
        .values(used_at=now)
    )
    session.add(
        Invitation(
            tenant_id=tenant_id,
            user_id=user_id,
            token_digest=token_digest(token),
            expires_at=now + lifetime,
            used_at=None,
        )
    )
    record_audit(session, actor=by, action="invite", target=f"user:{user_id}", now=now)
    return token


def accept_invitation(session: Session, token: str, password: str, *, now: datetime) -> int:
    """The id of the person who chose `password` by this link, which is used up by it.

    A second factor stays in force. Raises NotFound for a link that was used, has expired or never
    was, Refused for a weak password (and the link stays open).
    """
    tenant_id = acting_tenant(session)
    user_id: int | None = session.scalar(
        update(Invitation)
        .where(
            Invitation.tenant_id == tenant_id,
            Invitation.token_digest == token_digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.user_id)
    )
    if user_id is None:
        raise NotFound("This link was used already or has expired; ask for a new one.")
    set_password(session, user_id, password, by=actor_of(user_id, tenant_id), now=now)
    return user_id
