"""Clients and requesters."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from tenants.clients.address_state import AddressState
from tenants.database import Base, TenantOwned


class Client(TenantOwned, Base):
    """A company served by the tenant."""

    __tablename__ = "clients"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    weight: Mapped[int]  # 1–5; raises its tickets in the queue
    is_vip: Mapped[bool]
    created_at: Mapped[datetime]


class ClientDomain(TenantOwned, Base):
    """A mail domain whose senders are people of the client; confirmed by the tenant."""

    __tablename__ = "client_domains"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "client_id"], ["clients.tenant_id", "clients.id"]),
        UniqueConstraint("tenant_id", "domain"),
    )

    client_id: Mapped[int]
    domain: Mapped[str]


class Requester(TenantOwned, Base):
    """A person who asks for help."""

    __tablename__ = "requesters"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "client_id"], ["clients.tenant_id", "clients.id"]),
        UniqueConstraint("tenant_id", "email"),
        Index(None, "tenant_id", "client_id"),
    )

    client_id: Mapped[int | None]
    name: Mapped[str]
    email: Mapped[str | None]  # lower case
    telephone: Mapped[str | None]  # E.164
    language: Mapped[str | None]
    address_state: Mapped[AddressState]
    created_at: Mapped[datetime]
