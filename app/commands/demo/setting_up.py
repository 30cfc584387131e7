"""The demo's partners and people, made by the same actions as real ones."""

from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from app.commands.demo.people import (
    OPERATORS,
    PARTNERS,
    PEOPLE,
    WITH_SECOND_FACTOR,
    DemoPartner,
    DemoPerson,
)
from app.services import Services
from billing.actions import subscribe
from tenants.access import actions as access
from tenants.brands import actions as brands
from tenants.clients import actions as clients
from tenants.database import HOUSE_ID
from tenants.directory import actions as directory
from tenants.directory.models import TenantState
from tenants.promises.actions import add_default_promises

ACTOR = "command:demo"


@dataclass(frozen=True, slots=True)
class DemoPlaces:
    """Where everything is. `operators`: login to id and name."""

    tenants: dict[str, int]
    operators: dict[str, tuple[int, str]]


def set_up(held: Services, *, password: str, now: datetime) -> tuple[DemoPlaces, str]:
    """Make partners and people; returns their places and the supervisor's second-factor key.

    Raises Refused where a name is taken.
    """
    tenants = {partner.slug: _partner(held, partner, now=now) for partner in PARTNERS}
    operators: dict[str, tuple[int, str]] = {}
    totp_secret = ""
    for person in PEOPLE:
        tenant_id = tenants[person.partner] if person.partner else HOUSE_ID
        with held.database.transaction(tenant_id) as session:
            user_id = _person(session, held, person, password=password, now=now)
            if person.role is WITH_SECOND_FACTOR:
                totp_secret = _second_factor(session, held, user_id, now=now)
            if person.role in OPERATORS:
                operators[person.email] = (user_id, person.name)
                for served in tenants.values():
                    access.assign_operator(session, user_id, served, by=ACTOR, now=now)
    return DemoPlaces(tenants, operators), totp_secret


def _partner(held: Services, partner: DemoPartner, *, now: datetime) -> int:
    new = directory.NewTenant(partner.slug, partner.name, partner.zone, partner.language)
    with held.database.across_tenants() as session:
        tenant_id = directory.add_tenant(session, new, now=now)
    with held.database.transaction(tenant_id) as session:
        add_default_promises(session, zone=partner.zone, now=now)
        brand_id = brands.add_brand(session, _brand(partner), now=now)
        brands.add_mailbox(session, brand_id, partner.mailbox)
        for name, domain in partner.clients.items():
            client_id = clients.add_client(session, clients.NewClient(name), now=now)
            clients.confirm_domain(session, client_id, domain)
        subscribe(session, partner.plan, starts_on=now.date().replace(day=1), zone=partner.zone)
        directory.change_tenant_state(session, tenant_id, TenantState.ACTIVE)
    return tenant_id


def _brand(partner: DemoPartner) -> brands.NewBrand:
    details = brands.BrandDetails(
        name=partner.name,
        names=partner.names,
        colour=partner.colour,
        language=partner.language,
        sender_address=partner.mailbox,
        telephone=partner.telephone,
    )
    return brands.NewBrand(partner.slug, partner.prefix, details, portal_host=partner.host)


def _person(
    session: Session, held: Services, person: DemoPerson, *, password: str, now: datetime
) -> int:
    new = access.NewUser(
        email=person.email,
        name=person.name,
        role=person.role,
        language=person.language,
        zone=PARTNERS[0].zone,
    )
    user_id = access.add_user(session, new, by=ACTOR, secret=held.config.secret_key, now=now)
    access.set_password(session, user_id, password, by=ACTOR, now=now)
    return user_id


def _second_factor(session: Session, held: Services, user_id: int, *, now: datetime) -> str:
    """Enrol as a person would: the key, then a first code, one step ago so that now's is free."""
    secret = access.begin_totp(session, user_id, sealer=held.sealer)
    totp = pyotp.TOTP(secret)
    earlier = totp.at(now, counter_offset=-1)
    access.confirm_totp(session, user_id, earlier, sealer=held.sealer, now=now)
    return secret
