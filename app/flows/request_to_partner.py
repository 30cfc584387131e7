"""A new partner is settled: promises, a first brand with its mailbox, and a plan, at once.

The tenant's own row exists before, since it is made across tenants; see the office's form.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from billing.actions import subscribe
from tenants.access.actions import record_audit
from tenants.brands.actions import BrandDetails, NewBrand, add_brand, add_mailbox
from tenants.database import acting_tenant
from tenants.directory.actions import change_tenant_state
from tenants.directory.models import TenantState
from tenants.promises.actions import add_default_promises
from tenants.promises.service_hours import zone_named


@dataclass(frozen=True, slots=True)
class PartnerRequest:
    """What a partner begins with. `slug` and `name`: also of its first brand.

    `host`: of its own pages, None to do without. `plan`: short name of a plan, None for none yet.
    """

    slug: str
    name: str
    prefix: str
    zone: str
    language: str
    host: str | None
    mailbox: str
    colour: str
    plan: str | None


@dataclass(frozen=True, slots=True)
class SettledPartner:
    """The ids of a partner and of what it began with."""

    tenant_id: int
    brand_id: int
    mailbox_id: int


def request_to_partner(
    session: Session, request: PartnerRequest, *, by: str, now: datetime
) -> SettledPartner:
    """The session's tenant, ready to be written to. Its work begins with this.

    `by`: the actor for the audit trail. Raises Refused for names that are taken or cannot be,
    NotFound for an unknown plan.
    """
    tenant_id = acting_tenant(session)
    add_default_promises(session, zone=request.zone, now=now)
    brand_id = add_brand(session, _brand(request), now=now)
    mailbox_id = add_mailbox(session, brand_id, request.mailbox)
    if request.plan is not None:
        today = now.astimezone(zone_named(request.zone)).date()
        subscribe(session, request.plan, starts_on=today, zone=request.zone)
    change_tenant_state(session, tenant_id, TenantState.ACTIVE)
    record_audit(session, actor=by, action="add_tenant", target=f"tenant:{tenant_id}", now=now)
    return SettledPartner(tenant_id, brand_id, mailbox_id)


def _brand(request: PartnerRequest) -> NewBrand:
    details = BrandDetails(
        name=request.name,
        colour=request.colour,
        language=request.language,
        sender_address=request.mailbox,
    )
    return NewBrand(request.slug, request.prefix, details, portal_host=request.host)
