"""Roles and what each may do, as one table that can be printed and tested whole."""

import enum

from tenants.database import HOUSE_ID


class UserRole(enum.Enum):
    """What a person is here for; staff belong to the provider, the others to one tenant."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    PROVIDER_ADMINISTRATOR = "provider_administrator"
    BILLING_CLERK = "billing_clerk"
    TENANT_ADMINISTRATOR = "tenant_administrator"
    ENGINEER = "engineer"
    VIEWER = "viewer"


STAFF_ROLES = frozenset(
    {
        UserRole.OPERATOR,
        UserRole.SUPERVISOR,
        UserRole.PROVIDER_ADMINISTRATOR,
        UserRole.BILLING_CLERK,
    }
)
TENANT_ROLES = frozenset(UserRole) - STAFF_ROLES


class Action(enum.Enum):
    """What a route lets somebody do."""

    SEE_OWN_ACCOUNT = "see_own_account"
    WORK_TICKETS = "work_tickets"
    RELEASE_HELD_MAIL = "release_held_mail"
    SEE_OUTBOX = "see_outbox"
    MANAGE_INSTALLATION = "manage_installation"
    MANAGE_STAFF = "manage_staff"
    SEE_JOBS = "see_jobs"
    SEE_AUDIT = "see_audit"
    MANAGE_BILLING = "manage_billing"
    SEE_OWN_USAGE = "see_own_usage"
    MANAGE_BRANDS = "manage_brands"
    MANAGE_MEMBERS = "manage_members"
    SEE_OWN_TICKETS = "see_own_tickets"


EVERYBODY = frozenset(UserRole)
_DESK = frozenset({UserRole.OPERATOR, UserRole.SUPERVISOR, UserRole.PROVIDER_ADMINISTRATOR})

PERMISSIONS: dict[Action, frozenset[UserRole]] = {
    Action.SEE_OWN_ACCOUNT: EVERYBODY,
    Action.WORK_TICKETS: _DESK,
    Action.RELEASE_HELD_MAIL: _DESK,
    Action.SEE_OUTBOX: frozenset({UserRole.SUPERVISOR, UserRole.PROVIDER_ADMINISTRATOR}),
    Action.MANAGE_INSTALLATION: frozenset({UserRole.PROVIDER_ADMINISTRATOR}),
    Action.MANAGE_STAFF: frozenset({UserRole.PROVIDER_ADMINISTRATOR}),
    Action.SEE_JOBS: frozenset({UserRole.SUPERVISOR, UserRole.PROVIDER_ADMINISTRATOR}),
    Action.SEE_AUDIT: frozenset({UserRole.PROVIDER_ADMINISTRATOR, UserRole.TENANT_ADMINISTRATOR}),
    Action.MANAGE_BILLING: frozenset({UserRole.PROVIDER_ADMINISTRATOR, UserRole.BILLING_CLERK}),
    Action.SEE_OWN_USAGE: frozenset({UserRole.TENANT_ADMINISTRATOR, UserRole.VIEWER}),
    Action.MANAGE_BRANDS: frozenset({UserRole.TENANT_ADMINISTRATOR}),
    Action.MANAGE_MEMBERS: frozenset({UserRole.TENANT_ADMINISTRATOR}),
    Action.SEE_OWN_TICKETS: TENANT_ROLES,
}


def may(role: UserRole, action: Action) -> bool:
    """Whether `role` holds the permission for `action`."""
    return role in PERMISSIONS[action]


def belongs_to(role: UserRole, tenant_id: int) -> bool:
    """Whether a person of `role` may be a member of `tenant_id`: staff only of the provider."""
    return (role in STAFF_ROLES) == (tenant_id == HOUSE_ID)
