"""Who owns an outside name, and the list of tenants."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.database import HOUSE_ID
from tenants.directory.models import DirectoryName, Tenant, TenantState
from tenants.directory.names import NameKind


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a name is. `target_id`: the brand or mailbox within the tenant."""

    tenant_id: int
    target_id: int | None


@dataclass(frozen=True, slots=True)
class TenantRow:
    """A tenant as lists and commands show it. `zone`: IANA name."""

    id: int
    slug: str
    name: str
    zone: str
    language: str
    state: TenantState


def find_name(session: Session, kind: NameKind, name: str) -> Owner | None:
    """The owner of `name`, spelled as the directory keeps it; None where nobody has it."""
    row = session.execute(
        select(DirectoryName.owner_id, DirectoryName.target_id).where(
            DirectoryName.kind == kind, DirectoryName.name == name
        )
    ).one_or_none()
    return Owner(*row) if row else None


def found_names(session: Session, kind: NameKind, names: Iterable[str]) -> frozenset[str]:
    """Those of `names`, spelled as the directory keeps them, that somebody has."""
    return frozenset(
        session.scalars(
            select(DirectoryName.name).where(
                DirectoryName.kind == kind, DirectoryName.name.in_(list(names))
            )
        )
    )


def tenant_by_slug(session: Session, slug: str) -> int | None:
    """The id of the tenant with this short name."""
    owner = find_name(session, NameKind.SLUG, slug.strip().lower())
    return owner.tenant_id if owner else None


def names_of(session: Session, tenant_id: int, kind: NameKind) -> list[str]:
    """The names of one kind that a tenant owns, in order."""
    return list(
        session.scalars(
            select(DirectoryName.name)
            .where(DirectoryName.owner_id == tenant_id, DirectoryName.kind == kind)
            .order_by(DirectoryName.name)
        )
    )


def tenant(session: Session, tenant_id: int) -> TenantRow | None:
    """One tenant, as far as this session may see it."""
    row = session.execute(_TENANTS.where(Tenant.id == tenant_id)).one_or_none()
    return TenantRow(*row) if row else None


def all_tenants(session: Session) -> list[TenantRow]:
    """The tenants this session may see, by name; the provider itself left out."""
    rows = session.execute(_TENANTS.where(Tenant.id != HOUSE_ID).order_by(Tenant.name, Tenant.id))
    return [TenantRow(*row) for row in rows]


_TENANTS = select(Tenant.id, Tenant.slug, Tenant.name, Tenant.zone, Tenant.language, Tenant.state)
