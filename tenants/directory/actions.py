"""Tenants come, change and leave; outside names are claimed and released."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.database import HOUSE_ID
from tenants.directory.languages import known_language
from tenants.directory.models import DirectoryName, Tenant, TenantState
from tenants.directory.names import NameKind, spelled
from tenants.errors import NotFound, Refused
from tenants.promises.service_hours import zone_named


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What a tenant begins with. `zone`: IANA name; `language`: en, ru or uk."""

    slug: str
    name: str
    zone: str
    language: str


def add_tenant(session: Session, request: NewTenant, *, now: datetime) -> int:
    """The id of a new tenant that owns its short name. `session`: across tenants.

    The rest of it (`tenants.promises.actions.add_default_promises`, a brand) follows in its own
    transaction. Raises Refused for a name that is taken, an unknown zone or language.
    """
    if not request.name.strip():
        raise Refused("A partner needs a name.")
    slug, zone = spelled(NameKind.SLUG, request.slug), zone_named(request.zone).key
    tenant = Tenant(
        slug=slug,
        name=request.name.strip(),
        zone=zone,
        language=known_language(request.language),
        state=TenantState.ONBOARDING,
        created_at=now,
    )
    session.add(tenant)
    session.flush()  # the id, which owns the short name
    claim_name(session, NameKind.SLUG, slug, owner_id=tenant.id, target_id=None)
    return tenant.id


def change_tenant(session: Session, tenant_id: int, *, name: str, zone: str, language: str) -> None:
    """Correct what a tenant is called and where its days begin. Raises Refused, NotFound."""
    if not name.strip():
        raise Refused("A partner needs a name.")
    _change(
        session,
        tenant_id,
        {
            "name": name.strip(),
            "zone": zone_named(zone).key,
            "language": known_language(language),
        },
    )


def change_tenant_state(session: Session, tenant_id: int, state: TenantState) -> None:
    """Begin or end the work for a tenant. Raises NotFound; the provider itself stays."""
    _change(session, tenant_id, {"state": state})


def claim_name(
    session: Session, kind: NameKind, name: str, *, owner_id: int, target_id: int | None
) -> str:
    """Take `name` for a tenant, and return its spelling. Safe to repeat.

    Raises Refused where it belongs to something else already.
    """
    spelling = spelled(kind, name)
    session.execute(
        insert(DirectoryName)
        .values(kind=kind, name=spelling, owner_id=owner_id, target_id=target_id)
        .on_conflict_do_nothing()
    )
    held = session.execute(
        select(DirectoryName.owner_id, DirectoryName.target_id).where(
            DirectoryName.kind == kind, DirectoryName.name == spelling
        )
    ).one()
    if tuple(held) != (owner_id, target_id):
        raise Refused("“{name}” is already taken.", name=spelling)
    return spelling


def release_name(session: Session, kind: NameKind, name: str, *, owner_id: int) -> None:
    """Give `name` back; nothing happens where the tenant does not own it."""
    session.execute(
        delete(DirectoryName).where(
            DirectoryName.kind == kind,
            DirectoryName.name == spelled(kind, name),
            DirectoryName.owner_id == owner_id,
        )
    )


def _change(session: Session, tenant_id: int, values: Mapping[str, object]) -> None:
    changed = session.execute(
        update(Tenant)
        .where(Tenant.id == tenant_id, Tenant.id != HOUSE_ID)
        .values(values)
        .returning(Tenant.id)
    ).one_or_none()
    if changed is None:
        raise NotFound("There is no such partner.")
