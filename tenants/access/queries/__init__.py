"""People, their sign-ins and the audit trail, read: one module per topic, called from here."""

from tenants.access.queries.audit import audit_head, audit_trail, audited_tenants, verify_audit
from tenants.access.queries.people import (
    UserRow,
    is_answering_for,
    user,
    user_by_email,
    user_names,
    users,
)
from tenants.access.queries.sign_ins import (
    BrowserRow,
    Credentials,
    LoginPlace,
    browsers,
    credentials,
    find_login,
    is_open_invitation,
    session_user,
)

__all__ = [
    "BrowserRow",
    "Credentials",
    "LoginPlace",
    "UserRow",
    "audit_head",
    "audit_trail",
    "audited_tenants",
    "browsers",
    "credentials",
    "find_login",
    "is_answering_for",
    "is_open_invitation",
    "session_user",
    "user",
    "user_by_email",
    "user_names",
    "users",
    "verify_audit",
]
