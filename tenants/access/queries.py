"""Who signs in, who is behind a request, and the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import Session

from tenants.access.audit import NO_HEAD, BadRow, Head, Link, first_bad_row
from tenants.access.models import (
    Assignment,
    AuditHead,
    AuditRecord,
    Invitation,
    Login,
    SignInSession,
    User,
    UserState,
)
from tenants.access.roles import UserRole
from tenants.access.sign_in import SessionLimits, SignedIn
from tenants.access.tokens import token_digest
from tenants.database import acting_tenant

_CHUNK = 1000


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
class UserRow:
    """A person as lists and commands show them. `assigned`: tenants they answer for."""

    id: int
    email: str
    name: str
    role: UserRole
    state: UserState
    has_second_factor: bool
    assigned: tuple[int, ...]


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
        select(
            User,
            SignInSession.is_complete,
            SignInSession.seen_at,
            _ASSIGNED.label("assigned"),
        )
        .join(
            SignInSession,
            and_(SignInSession.owner_id == User.tenant_id, SignInSession.user_id == User.id),
        )
        .where(
            User.tenant_id == acting_tenant(session),
            User.state == UserState.ACTIVE,
            SignInSession.token_digest == token_digest(token),
            *_still_lasts(now, limits or SessionLimits()),
        )
    ).one_or_none()
    if row is None:
        return None
    return SignedIn(
        user_id=row.User.id,
        tenant_id=row.User.tenant_id,
        email=row.User.email,
        role=row.User.role,
        name=row.User.name,
        language=row.User.language,
        zone=row.User.zone,
        theme=row.User.theme,
        is_complete=row.is_complete,
        has_second_factor=row.User.totp_confirmed_at is not None,
        assigned=tuple(row.assigned),
        seen_at=row.seen_at,
    )


def users(session: Session) -> list[UserRow]:
    """The people of the session's tenant, by name."""
    rows = session.execute(
        select(User, _ASSIGNED.label("assigned"))
        .where(User.tenant_id == acting_tenant(session))
        .order_by(User.name, User.id)
    )
    return [_user_row(row.User, row.assigned) for row in rows]


def user_by_email(session: Session, email: str) -> UserRow | None:
    """The person of the session's tenant with this login address."""
    row = session.execute(
        select(User, _ASSIGNED.label("assigned")).where(
            User.tenant_id == acting_tenant(session), User.email == email.strip().lower()
        )
    ).one_or_none()
    return _user_row(row.User, row.assigned) if row else None


def user_names(session: Session, user_ids: set[int]) -> dict[int, str]:
    """The names of some people of the session's tenant."""
    rows = session.execute(
        select(User.id, User.name).where(
            User.tenant_id == acting_tenant(session), User.id.in_(user_ids)
        )
    )
    return dict(rows.tuples().all())


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


def audit_trail(session: Session, *, before: int | None, limit: int) -> list[Link]:
    """The newest records of the session's tenant, or those before a sequence number."""
    records = select(AuditRecord).where(AuditRecord.tenant_id == acting_tenant(session))
    if before is not None:
        records = records.where(AuditRecord.sequence < before)
    rows = session.scalars(records.order_by(AuditRecord.sequence.desc()).limit(limit))
    return [_link(row) for row in rows]


def audit_head(session: Session, tenant_id: int) -> Head:
    """The newest link of a tenant's chain; what is kept outside as its anchor."""
    row = session.execute(
        select(AuditHead.sequence, AuditHead.hash).where(AuditHead.tenant_id == tenant_id)
    ).one_or_none()
    return Head(*row) if row else NO_HEAD


def verify_audit(session: Session, tenant_id: int) -> BadRow | None:
    """The first record of a tenant's chain that does not fit; None where all is well."""
    head = audit_head(session, tenant_id)
    bad_row = first_bad_row(_links(session, tenant_id, last=head.sequence), head)
    if bad_row is None and _goes_beyond_head(session, tenant_id):
        return BadRow(head.sequence + 1, "the end of the chain was added or the head set back")
    return bad_row


def audited_tenants(session: Session) -> list[int]:
    """The tenants that have a chain. `session`: across tenants."""
    kept = select(AuditHead.tenant_id).union(select(AuditRecord.tenant_id))
    return sorted(session.scalars(kept))


_ASSIGNED = (
    select(
        func.coalesce(
            func.array_agg(
                aggregate_order_by(Assignment.served_tenant_id, Assignment.served_tenant_id)
            ),
            array([], type_=BigInteger),
        )
    )
    .where(Assignment.tenant_id == User.tenant_id, Assignment.operator_id == User.id)
    .correlate(User)
    .scalar_subquery()
)


def _still_lasts(now: datetime, limits: SessionLimits) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInSession.created_at > now - limits.absolute,
        SignInSession.seen_at > now - limits.idle,
        or_(SignInSession.is_complete, SignInSession.created_at > now - limits.second_factor),
    )


def _user_row(user: User, assigned: list[int]) -> UserRow:
    return UserRow(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        state=user.state,
        has_second_factor=user.totp_confirmed_at is not None,
        assigned=tuple(assigned),
    )


def _goes_beyond_head(session: Session, tenant_id: int) -> bool:
    """One statement, so that a record written meanwhile is seen together with its head."""
    head = select(AuditHead.sequence).where(AuditHead.tenant_id == tenant_id).scalar_subquery()
    last = (
        select(func.max(AuditRecord.sequence))
        .where(AuditRecord.tenant_id == tenant_id)
        .scalar_subquery()
    )
    return bool(session.scalar(select(func.coalesce(last, 0) > func.coalesce(head, 0))))


def _links(session: Session, tenant_id: int, *, last: int) -> Iterator[Link]:
    rows = session.scalars(
        select(AuditRecord)
        .where(AuditRecord.tenant_id == tenant_id, AuditRecord.sequence <= last)
        .order_by(AuditRecord.sequence)
        .execution_options(yield_per=_CHUNK)
    )
    return (_link(row) for row in rows)


def _link(row: AuditRecord) -> Link:
    return Link(
        tenant_id=row.tenant_id,
        id=row.id,
        sequence=row.sequence,
        at=row.at,
        actor=row.actor,
        action=row.action,
        target=row.target,
        details=row.details,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
