"""Tenants, and the names that are unique in the whole installation."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, Identity
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.directory.names import NameKind


class TenantState(enum.Enum):
    """Whether the first line is answered for a tenant."""

    ONBOARDING = "onboarding"
    ACTIVE = "active"
    LEFT = "left"


class Tenant(Base):
    """A company whose first line we run. Tenant 0 is the provider itself."""

    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    zone: Mapped[str]  # IANA zone of its hours, periods and pages
    language: Mapped[str]
    state: Mapped[TenantState]
    created_at: Mapped[datetime]


class DirectoryName(Base):
    """A name that may exist once in the installation; no foreign key, so tenants can be moved."""

    __tablename__ = "directory_names"
    __table_args__ = (CheckConstraint("name <> ''", name="name_is_given"),)

    kind: Mapped[NameKind] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int]  # the tenant
    target_id: Mapped[int | None]  # the brand or mailbox within it
