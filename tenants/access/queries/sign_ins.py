"""Who signs in, who is behind a request, and from where a person is signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tenants.access.models import Invitation, Login, SignInSession, User, UserState
from tenants.access.queries.people import ASSIGNED
from tenants.access.roles import UserRole
from tenants.access.sign_in import SessionLimits, SignedIn
from tenants.access.tokens import token_digest
from tenants.database import acting_tenant


@dataclass(frozen=True, slots=True)
class LoginPlace:
    """Where the person of a login address is found."""

    tenant_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against. `password_hash`: None where none was set yet."""

    user_id: int
    tenant_id: int
    role: UserRole
    is_active: bool
    password_hash: str | None
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """One sign-in of a person, as their list of browsers shows it."""

    host: str
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime


def find_login(session: Session, digest: bytes) -> LoginPlace | None:
    """Whose login address this is, in any session; None for an unknown one."""
    row = session.execute(
        select(Login.owner_id, Login.user_id).where(Login.login_digest == digest)
    ).one_or_none()
    return LoginPlace(*row) if row else None


def credentials(session: Session, user_id: int | None) -> Credentials | None:
    """What the sign-in of a person is checked against.

    An unknown account asks for None and costs the same statement.
    """
    row = session.execute(
        select(
            User.id,
            User.tenant_id,
            User.role,
            User.state,
            User.password_hash,
            User.totp_confirmed_at,
        ).where(User.tenant_id == acting_tenant(session), User.id == user_id)
    ).one_or_none()
    if row is None:
        return None
    return Credentials(
        user_id=row.id,
        tenant_id=row.tenant_id,
        role=row.role,
        is_active=row.state is UserState.ACTIVE,
        password_hash=row.password_hash,
        has_second_factor=row.totp_confirmed_at is not None,
    )


def session_user(
    session: Session, token: str, *, now: datetime, limits: SessionLimits | None = None
) -> SignedIn | None:
    """The person behind a browser's token, in one statement of the tenant the token names.

    None for a token that is unknown, of another tenant, too old, or of a person shut out.
    """
    row = session.execute(
        _SIGNED_IN.where(
            User.tenant_id == acting_tenant(session),
            User.state == UserState.ACTIVE,
            SignInSession.token_digest == token_digest(token),
            *_still_lasts(now, limits or SessionLimits()),
        )
    ).one_or_none()
    if row is None:
        return None
    return SignedIn(
        user_id=row.id,
        tenant_id=row.tenant_id,
        email=row.email,
        role=row.role,
        name=row.name,
        language=row.language,
        zone=row.zone,
        theme=row.theme,
        is_complete=row.is_complete,
        has_second_factor=row.totp_confirmed_at is not None,
        assigned=tuple(row.assigned),
        seen_at=row.seen_at,
    )


def browsers(session: Session, user_id: int) -> list[BrowserRow]:
    """Where a person is signed in, the last used first."""
    rows = session.execute(
        select(
            SignInSession.host,
            SignInSession.agent,
            SignInSession.address,
            SignInSession.created_at,
            SignInSession.seen_at,
        )
        .where(SignInSession.owner_id == acting_tenant(session), SignInSession.user_id == user_id)
        .order_by(SignInSession.seen_at.desc())
    )
    return [BrowserRow(*row) for row in rows]


def is_open_invitation(session: Session, token: str, *, now: datetime) -> bool:
    """Whether a link may still be used; looking does not use it up."""
    found = session.scalar(
        select(Invitation.id).where(
            Invitation.tenant_id == acting_tenant(session),
            Invitation.token_digest == token_digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
    )
    return found is not None


_SIGNED_IN = select(
    User.id,
    User.tenant_id,
    User.email,
    User.role,
    User.name,
    User.language,
    User.zone,
    User.theme,
    User.totp_confirmed_at,
    SignInSession.is_complete,
    SignInSession.seen_at,
    ASSIGNED.label("assigned"),
).join(
    SignInSession,
    and_(SignInSession.owner_id == User.tenant_id, SignInSession.user_id == User.id),
)


def _still_lasts(now: datetime, limits: SessionLimits) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInSession.created_at > now - limits.absolute,
        SignInSession.seen_at > now - limits.idle,
        or_(SignInSession.is_complete, SignInSession.created_at > now - limits.second_factor),
    )
