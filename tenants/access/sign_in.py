"""Who may sign in where, who needs a second factor, and how long a sign-in lasts.

Pure and apart from sessions because these are decisions a supervisor can read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tenants.access.roles import STAFF_ROLES, UserRole
from tenants.database import HOUSE_ID

NEEDS_SECOND_FACTOR = STAFF_ROLES | {UserRole.TENANT_ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lasts. `idle`: without a request; `absolute`: in any case."""

    idle: timedelta = timedelta(hours=8)
    absolute: timedelta = timedelta(days=7)
    second_factor: timedelta = timedelta(minutes=10)  # from the password to the code


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request. `assigned`: the tenants they answer for, in order.

    `is_complete` is false until the second factor was given; such a person may do nothing else.
    """

    user_id: int
    tenant_id: int
    email: str
    role: UserRole
    name: str
    language: str
    zone: str
    theme: str
    is_complete: bool
    has_second_factor: bool
    assigned: tuple[int, ...]
    seen_at: datetime

    @property
    def is_staff(self) -> bool:
        """Whether this is one of the provider's people."""
        return self.tenant_id == HOUSE_ID

    @property
    def actor(self) -> str:
        """How the audit trail names this person."""
        return actor_of(self.user_id, self.tenant_id)


def actor_of(user_id: int, tenant_id: int) -> str:
    """How the audit trail names a person: "user:12", with the tenant where it is not the house."""
    return f"user:{user_id}" if tenant_id == HOUSE_ID else f"user:{tenant_id}.{user_id}"


def may_sign_in_at(tenant_id: int, *, host_owner: int) -> bool:
    """Whether people of `tenant_id` sign in on a host that belongs to `host_owner`.

    Staff on the provider's own host only, a tenant's people there and on their own.
    """
    return host_owner in (HOUSE_ID, tenant_id)


def needs_second_factor(role: UserRole) -> bool:
    """Whether production lets `role` in with a second factor only."""
    return role in NEEDS_SECOND_FACTOR
