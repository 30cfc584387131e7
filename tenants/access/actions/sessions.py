"""Sign-ins of browsers: begun, completed by a second factor, and ended.

Every step hands out a new token, so that one seen before it opens nothing afterwards.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, update
from sqlalchemy.orm import Session

from tenants.access.actions.audit import record_audit
from tenants.access.models import SignInSession, Throttle
from tenants.access.sign_in import SessionLimits, actor_of
from tenants.access.tokens import RANDOM_LENGTH, token_digest, token_text
from tenants.database import acting_tenant, announce
from tenants.errors import NotFound

_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Browser:
    """From where a person signs in. `host`: the host name they used; `address`: of the network."""

    host: str
    agent: str
    address: str


def start_session(
    session: Session, user_id: int, browser: Browser, *, is_complete: bool, now: datetime
) -> str:
    """The token of a new sign-in of a person of the session's tenant.

    `is_complete`: false while a second factor is still to come.
    """
    tenant_id = acting_tenant(session)
    token = token_text(tenant_id, secrets.token_bytes(RANDOM_LENGTH))
    session.add(
        SignInSession(
            token_digest=token_digest(token),
            owner_id=tenant_id,
            user_id=user_id,
            host=browser.host,
            agent=browser.agent[:_AGENT_LENGTH],
            address=browser.address,
            created_at=now,
            seen_at=now,
            is_complete=is_complete,
        )
    )
    if is_complete:
        _record_sign_in(session, user_id, now=now)
    return token


def complete_session(session: Session, token: str, *, now: datetime) -> str:
    """The new token of a sign-in whose second factor was given. Raises NotFound."""
    renewed = token_text(acting_tenant(session), secrets.token_bytes(RANDOM_LENGTH))
    user_id = session.scalar(
        update(SignInSession)
        .where(*_is(session, token))
        .values(token_digest=token_digest(renewed), is_complete=True, created_at=now, seen_at=now)
        .returning(SignInSession.user_id)
    )
    if user_id is None:
        raise NotFound("This sign-in has ended.")
    _record_sign_in(session, user_id, now=now)
    return renewed


def touch_session(session: Session, token: str, *, now: datetime) -> None:
    """Remember that a browser is still there; called once a minute, not at every request."""
    session.execute(update(SignInSession).where(*_is(session, token)).values(seen_at=now))


def end_session(session: Session, token: str) -> None:
    """Sign one browser out."""
    session.execute(delete(SignInSession).where(*_is(session, token)))


def end_all_sessions(session: Session, user_id: int) -> None:
    """Sign a person of the session's tenant out everywhere, open streams included."""
    announce(session, {"rights": [acting_tenant(session), user_id]})
    session.execute(
        delete(SignInSession).where(
            SignInSession.owner_id == acting_tenant(session), SignInSession.user_id == user_id
        )
    )


def forget_old_sign_ins(
    session: Session, *, now: datetime, limits: SessionLimits | None = None
) -> None:
    """Drop sessions that are over and counters nobody needs. `session`: across tenants."""
    limits = limits or SessionLimits()
    session.execute(
        delete(SignInSession).where(
            or_(
                SignInSession.created_at <= now - limits.absolute,
                SignInSession.seen_at <= now - limits.idle,
            )
        )
    )
    session.execute(delete(Throttle).where(Throttle.window_started_at <= now - limits.absolute))


def _is(session: Session, token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInSession.token_digest == token_digest(token),
        SignInSession.owner_id == acting_tenant(session),
    )


def _record_sign_in(session: Session, user_id: int, *, now: datetime) -> None:
    actor = actor_of(user_id, acting_tenant(session))
    record_audit(session, actor=actor, action="sign_in", target=f"user:{user_id}", now=now)
