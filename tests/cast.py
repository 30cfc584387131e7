"""The fixed cast: two tenants, Harbour and Meadow, and the people around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tenants.access import actions as access
from tenants.access.roles import UserRole
from tenants.brands import actions as brands
from tenants.database import HOUSE_ID, Database, Role
from tenants.directory import actions as directory
from tenants.promises.actions import add_default_promises

ROLES = tuple(Role)
SECRET = "for tests only, not a secret: 0123456789abcdef"
PASSWORD = "a lantern on the quay"
BEGAN_AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)  # a Monday
BY = "command:tests"


@dataclass(frozen=True)
class Cast:
    """A tenant with its brand, mailbox and people; `operator_id` is of the provider."""

    database: Database
    tenant_id: int
    slug: str
    name: str
    brand_id: int
    mailbox_id: int
    prefix: str
    address: str
    host: str
    administrator_id: int
    engineer_id: int
    operator_id: int

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction of this tenant."""
        with self.database.transaction(self.tenant_id) as session:
            yield session


def harbour(database: Database) -> Cast:
    """The first tenant; Ada (operator) answers for it, Ben is its engineer."""
    return _tenant(database, slug="harbour", name="Harbour", prefix="HB", engineer="ben")


def meadow(database: Database) -> Cast:
    """The second tenant, hostile to the first; Mia (operator) answers for it, Cleo is its own."""
    return _tenant(database, slug="meadow", name="Meadow", prefix="MD", engineer="cleo")


def _tenant(database: Database, *, slug: str, name: str, prefix: str, engineer: str) -> Cast:
    with database.across_tenants() as session:
        request = directory.NewTenant(slug=slug, name=name, zone="Europe/Kyiv", language="en")
        tenant_id = directory.add_tenant(session, request, now=BEGAN_AT)
    address, host = f"support@{slug}.example", f"{slug}.localhost"
    with database.transaction(tenant_id) as session:
        add_default_promises(session, zone="Europe/Kyiv", now=BEGAN_AT)
        details = brands.BrandDetails(
            name=name, colour="#1757c2", language="en", sender_address=address
        )
        brand_id = brands.add_brand(
            session, brands.NewBrand(slug, prefix, details, portal_host=host), now=BEGAN_AT
        )
        mailbox_id = brands.add_mailbox(session, brand_id, address)
        administrator_id = _person(session, f"admin@{slug}.example", UserRole.TENANT_ADMINISTRATOR)
        engineer_id = _person(session, f"{engineer}@{slug}.example", UserRole.ENGINEER)
    return Cast(
        database=database,
        tenant_id=tenant_id,
        slug=slug,
        name=name,
        brand_id=brand_id,
        mailbox_id=mailbox_id,
        prefix=prefix,
        address=address,
        host=host,
        administrator_id=administrator_id,
        engineer_id=engineer_id,
        operator_id=_operator(database, tenant_id, "ada" if slug == "harbour" else "mia"),
    )


def _operator(database: Database, tenant_id: int, name: str) -> int:
    with database.transaction(HOUSE_ID) as session:
        operator_id = _person(session, f"{name}@provider.example", UserRole.OPERATOR)
        access.assign_operator(session, operator_id, tenant_id, by=BY, now=BEGAN_AT)
    return operator_id


def _person(session: Session, email: str, role: UserRole) -> int:
    name = email.partition("@")[0].capitalize()
    request = access.NewUser(email, name, role)
    user_id = access.add_user(session, request, by=BY, secret=SECRET, now=BEGAN_AT)
    access.set_password(session, user_id, PASSWORD, by=BY, now=BEGAN_AT)
    return user_id
