"""Users, their sign-ins and assignments, and the audit trail."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.access.roles import UserRole
from tenants.database import Base, TenantOwned


class UserState(enum.Enum):
    """Whether a person may sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class User(TenantOwned, Base):
    """A person who signs in; staff are users of tenant 0."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("tenant_id", "email"),)

    email: Mapped[str]  # lower case; the login
    name: Mapped[str]
    role: Mapped[UserRole]
    state: Mapped[UserState]
    language: Mapped[str]
    zone: Mapped[str]
    theme: Mapped[str]  # auto, light or dark
    password_hash: Mapped[str | None]  # Argon2id
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # a code is taken once
    created_at: Mapped[datetime]


class RecoveryCode(TenantOwned, Base):
    """A single-use way in for somebody who lost the second factor; hashed."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"]),
        Index(None, "tenant_id", "user_id"),
    )

    user_id: Mapped[int]
    code_digest: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class Invitation(TenantOwned, Base):
    """A single-use link by which a person sets a password: an invitation or a reset; hashed."""

    __tablename__ = "invitations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"]),
        Index(None, "tenant_id", "user_id"),
        UniqueConstraint("tenant_id", "token_digest"),
    )

    user_id: Mapped[int]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Assignment(TenantOwned, Base):
    """An operator (of tenant 0) answers for `served_tenant_id`."""

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "operator_id"], ["users.tenant_id", "users.id"]),
        UniqueConstraint("tenant_id", "operator_id", "served_tenant_id"),
    )

    operator_id: Mapped[int]
    served_tenant_id: Mapped[int]
    created_at: Mapped[datetime]


class Login(Base):
    """A login address, as a keyed digest: finds its owner, shows nobody."""

    __tablename__ = "logins"

    login_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    owner_id: Mapped[int]  # the tenant
    user_id: Mapped[int]


class SignInSession(Base):
    """A browser that signed in, by the digest of its token."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (Index(None, "owner_id", "user_id"),)

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    owner_id: Mapped[int]
    user_id: Mapped[int]
    host: Mapped[str]
    agent: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    is_complete: Mapped[bool]  # false until the second factor was given


class Throttle(Base):
    """A counter in a window that protects an account or a source; counted atomically."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_started_at: Mapped[datetime]
    count: Mapped[int]


class AuditRecord(TenantOwned, Base):
    """Who did what; each record carries the hash of the one before. Only ever added."""

    __tablename__ = "audit_records"
    __table_args__ = (UniqueConstraint("tenant_id", "sequence"),)

    sequence: Mapped[int]  # 1, 2, 3 … per tenant
    at: Mapped[datetime]
    actor: Mapped[str]  # "user:12", "job:…", "command:…"
    action: Mapped[str]
    target: Mapped[str]
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The newest link of a tenant's chain; its row lock puts writers in order."""

    __tablename__ = "audit_heads"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
