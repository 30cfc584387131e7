"""The people of a tenant, as lists, forms and commands show them."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import Session

from tenants.access.models import Assignment, User, UserState
from tenants.access.roles import UserRole
from tenants.database import HOUSE_ID, acting_tenant
from tenants.errors import NotFound

PEOPLE_ROWS = 500
ASSIGNED = (
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


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person as lists and commands show them. `assigned`: tenants they answer for."""

    id: int
    email: str
    name: str
    role: UserRole
    state: UserState
    language: str
    zone: str
    has_second_factor: bool
    assigned: tuple[int, ...]


def users(session: Session) -> list[UserRow]:
    """The people of the session's tenant by name, at most PEOPLE_ROWS."""
    rows = session.execute(
        select(User, ASSIGNED.label("assigned"))
        .where(User.tenant_id == acting_tenant(session))
        .order_by(User.name, User.id)
        .limit(PEOPLE_ROWS)
    )
    return [_user_row(row.User, row.assigned) for row in rows]


def user(session: Session, user_id: int) -> UserRow:
    """One person of the session's tenant. Raises NotFound."""
    row = session.execute(
        select(User, ASSIGNED.label("assigned")).where(
            User.tenant_id == acting_tenant(session), User.id == user_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return _user_row(row.User, row.assigned)


def user_by_email(session: Session, email: str) -> UserRow | None:
    """The person of the session's tenant with this login address."""
    row = session.execute(
        select(User, ASSIGNED.label("assigned")).where(
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
    return {row.id: row.name for row in rows}


def is_answering_for(session: Session, operator_id: int, served_tenant_id: int) -> bool:
    """Whether one of the provider's people is let in and answers for a tenant now.

    `session`: of the provider, tenant 0.
    """
    found = session.scalar(
        select(Assignment.id)
        .join(User, and_(User.tenant_id == Assignment.tenant_id, User.id == Assignment.operator_id))
        .where(
            Assignment.tenant_id == HOUSE_ID,
            Assignment.operator_id == operator_id,
            Assignment.served_tenant_id == served_tenant_id,
            User.state == UserState.ACTIVE,
        )
    )
    return found is not None


def _user_row(user: User, assigned: list[int]) -> UserRow:
    return UserRow(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        state=user.state,
        language=user.language,
        zone=user.zone,
        has_second_factor=user.totp_confirmed_at is not None,
        assigned=tuple(assigned),
    )
