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
from app.flows.request_to_partner import PartnerRequest, request_to_partner
from app.services import Services
from billing.actions import subscribe
from tenants.access import actions as access
from tenants.brands import actions as brands
from tenants.clients import actions as clients
from tenants.database import HOUSE_ID
from tenants.directory import actions as directory

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
        settled = request_to_partner(session, _request(partner), by=ACTOR, now=now)
        brands.change_brand(session, settled.brand_id, _details(partner))
        for name, domain in partner.clients.items():
            client_id = clients.add_client(session, clients.NewClient(name), now=now)
            clients.confirm_domain(session, client_id, domain)
        # From the first of the month, so that the demo's month is a whole one.
        first = now.date().replace(day=1)
        subscribe(session, partner.plan, starts_on=first, zone=partner.zone)
    return tenant_id


def _request(partner: DemoPartner) -> PartnerRequest:
    return PartnerRequest(
        slug=partner.slug,
        name=partner.name,
        prefix=partner.prefix,
        zone=partner.zone,
        language=partner.language,
        host=partner.host,
        mailbox=partner.mailbox,
        colour=partner.colour,
        plan=None,
    )


def _details(partner: DemoPartner) -> brands.BrandDetails:
    return brands.BrandDetails(
        name=partner.name,
        names=partner.names,
        colour=partner.colour,
        language=partner.language,
        sender_address=partner.mailbox,
        telephone=partner.telephone,
    )


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
