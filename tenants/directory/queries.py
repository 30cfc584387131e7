"""Who owns an outside name, and the list of tenants."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array
from sqlalchemy.orm import Session

from tenants.database import HOUSE_ID
from tenants.directory.models import DirectoryName, Tenant, TenantState
from tenants.directory.names import NameKind

PARTNER_ROWS = 100


_NAMES = DirectoryName.__table__
# Built once: every mail and every page of a partner's host asks it.
_NAME = select(_NAMES.c.owner_id, _NAMES.c.target_id).where(
    _NAMES.c.kind == bindparam("of_kind", type_=_NAMES.c.kind.type),
    _NAMES.c.name == bindparam("of_name"),
)


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


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A tenant in the office's list. `prefixes` and `hosts`: of its brands, in order."""

    id: int
    slug: str
    name: str
    zone: str
    state: TenantState
    prefixes: tuple[str, ...]
    hosts: tuple[str, ...]


def find_name(session: Session, kind: NameKind, name: str) -> Owner | None:
    """The owner of `name`, spelled as the directory keeps it; None where nobody has it."""
    row = session.execute(_NAME, {"of_kind": kind, "of_name": name}).one_or_none()
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


def partners_page(session: Session, *, after: str | None) -> list[PartnerRow]:
    """At most PARTNER_ROWS tenants, by short name from `after` on. `session`: across tenants."""
    page = _PARTNERS if after is None else _PARTNERS.where(Tenant.slug > after)
    rows = session.execute(page.order_by(Tenant.slug).limit(PARTNER_ROWS))
    return [PartnerRow(*row[:5], tuple(row.prefixes), tuple(row.hosts)) for row in rows]


_TENANTS = select(Tenant.id, Tenant.slug, Tenant.name, Tenant.zone, Tenant.language, Tenant.state)


def _names(kind: NameKind) -> ScalarSelect[list[str]]:
    """The names of one kind that the tenant of the row owns, as one array."""
    ordered = func.array_agg(aggregate_order_by(DirectoryName.name, DirectoryName.name))
    return (
        select(func.coalesce(ordered, array([], type_=Text), type_=ARRAY(Text)))
        .where(DirectoryName.owner_id == Tenant.id, DirectoryName.kind == kind)
        .correlate(Tenant)
        .scalar_subquery()
    )


_PARTNERS = select(
    Tenant.id,
    Tenant.slug,
    Tenant.name,
    Tenant.zone,
    Tenant.state,
    _names(NameKind.PREFIX).label("prefixes"),
    _names(NameKind.HOST).label("hosts"),
).where(Tenant.id != HOUSE_ID)
