"""The fixed cast: two tenants hostile to each other, and the people of both and of the provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tenants.access import actions as access
from tenants.access.roles import UserRole
from tenants.brands.actions import BrandDetails, NewBrand, add_brand, add_mailbox
from tenants.database import HOUSE_ID, Database, Role
from tenants.directory.actions import NewTenant, add_tenant
from tenants.promises.actions import add_default_promises

ROLES = tuple(Role)
PASSWORD = "correct horse battery staple"
SECRET = "for tests only, not a secret: 0123456789abcdef"
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 10:00 in Kyiv, within service hours
HARBOUR_CANARY = "canary-of-harbour-7f3a"


@dataclass(frozen=True, slots=True)
class Cast:
    """A tenant with one brand, one mailbox and default promises."""

    database: Database
    tenant_id: int
    brand_id: int
    mailbox_id: int
    slug: str
    prefix: str
    address: str
    host: str

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction of this tenant."""
        with self.database.transaction(self.tenant_id) as session:
            yield session


def harbour(database: Database) -> Cast:
    """Harbour Hosting, Kyiv."""
    return a_tenant(database, slug="harbour", name="Harbour Hosting", prefix="HB")


def meadow(database: Database) -> Cast:
    """Meadow Telecom, Kyiv."""
    return a_tenant(database, slug="meadow", name="Meadow Telecom", prefix="MD")


def a_tenant(
    database: Database, *, slug: str, name: str, prefix: str, zone: str = "Europe/Kyiv"
) -> Cast:
    """A tenant made by the actions that make real ones."""
    host, address = f"{slug}.localhost", f"support@{slug}.example"
    with database.across_tenants() as session:
        tenant_id = add_tenant(session, NewTenant(slug, name, zone, "en"), now=MONDAY)
    with database.transaction(tenant_id) as session:
        add_default_promises(session, zone=zone, now=MONDAY)
        details = BrandDetails(name=name, colour="#1f6feb", language="en", sender_address=address)
        brand_id = add_brand(session, NewBrand(slug, prefix, details, portal_host=host), now=MONDAY)
        mailbox_id = add_mailbox(session, brand_id, address)
    return Cast(database, tenant_id, brand_id, mailbox_id, slug, prefix, address, host)


def a_person(database: Database, tenant_id: int, *, email: str, role: UserRole) -> int:
    """The id of somebody with PASSWORD; staff belong to the provider, tenant 0."""
    name = email.partition("@")[0].capitalize()
    with database.transaction(tenant_id) as session:
        new = access.NewUser(email=email, name=name, role=role, zone="Europe/Kyiv")
        user_id = access.add_user(session, new, by="test", secret=SECRET, now=MONDAY)
        access.set_password(session, user_id, PASSWORD, by="test", now=MONDAY)
    return user_id


def an_operator(
    database: Database,
    *tenants: Cast,
    email: str = "ada@provider.example",
    role: UserRole = UserRole.OPERATOR,
) -> int:
    """The id of one of the provider's people who answers for `tenants`."""
    operator_id = a_person(database, HOUSE_ID, email=email, role=role)
    with database.transaction(HOUSE_ID) as session:
        for each in tenants:
            access.assign_operator(session, operator_id, each.tenant_id, by="test", now=MONDAY)
    return operator_id
