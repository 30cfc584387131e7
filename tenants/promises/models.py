"""Calendars and service levels as rows; their meaning is in the pure modules beside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from tenants.database import Base, TenantOwned


class Calendar(TenantOwned, Base):
    """Service hours; a change raises the version."""

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    definition: Mapped[dict[str, Any]]  # WorkCalendar as JSON
    version: Mapped[int]
    updated_at: Mapped[datetime]


class ServiceLevel(TenantOwned, Base):
    """One row of the tenant's ordered list of promises; the first match wins."""

    __tablename__ = "service_levels"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "calendar_id"], ["calendars.tenant_id", "calendars.id"]),
        UniqueConstraint("tenant_id", "position", deferrable=True, initially="DEFERRED"),
    )

    position: Mapped[int]
    name: Mapped[str]
    calendar_id: Mapped[int]
    conditions: Mapped[dict[str, Any]]
    targets: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]
