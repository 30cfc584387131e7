"""On which terms a tenant is served: its plan, its name on documents, and the provider's."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

from billing.models import BillingProfile, Seller, Subscription
from billing.parties import BuyerDetails, SellerDetails, buyer_copy, seller_copy
from billing.queries import offered_plan, subscriptions
from tenants.database import acting_tenant
from tenants.errors import Refused
from tenants.promises.service_hours import zone_named


def subscribe(session: Session, plan_slug: str, *, starts_on: date, zone: str) -> None:
    """Put the tenant on a plan, at the prices of that day, without an end.

    `zone`: IANA zone of its months. Raises NotFound for an unknown plan, Refused for a tenant that
    has a plan already or for an unknown zone.
    """
    offered = offered_plan(session, plan_slug, on=starts_on)
    if any(kept.ends_before is None for kept in subscriptions(session)):
        raise Refused("The partner has a plan already; change it instead.")
    _add(session, offered.version_id, starts_on=starts_on, zone=zone_named(zone).key)


def change_plan(session: Session, plan_slug: str, *, from_month: date) -> None:
    """Move the tenant to another plan, or to newer prices of its own, from a month's first day on.

    Raises NotFound for an unknown plan, Refused without a running one or for a day within a month
    or before that plan began.
    """
    running = next((kept for kept in subscriptions(session) if kept.ends_before is None), None)
    if running is None:
        raise Refused("The partner has no plan yet.")
    if from_month.day != 1 or from_month <= running.starts_on:
        raise Refused("A plan is changed from the first day of a coming month on.")
    offered = offered_plan(session, plan_slug, on=from_month)
    session.execute(
        update(Subscription)
        .where(Subscription.tenant_id == acting_tenant(session), Subscription.id == running.id)
        .values(during=Range(running.starts_on, from_month))
    )
    _add(session, offered.version_id, starts_on=from_month, zone=running.zone)


def set_billing_profile(session: Session, buyer: BuyerDetails) -> None:
    """Write down how the tenant is named on coming documents. Raises Refused without a name."""
    if not buyer.name.strip():
        raise Refused("A document names its buyer.")
    values = {**buyer_copy(buyer), "tax_category": buyer.tax_category}
    statement = insert(BillingProfile).values(tenant_id=acting_tenant(session), **values)
    session.execute(
        statement.on_conflict_do_update(index_elements=[BillingProfile.tenant_id], set_=values)
    )


def change_seller(session: Session, seller: SellerDetails) -> None:
    """Write down how the provider is named on coming documents. `session`: the provider's own.

    Raises Refused where name or address is missing, or for a session of any other tenant.
    """
    if not seller.name.strip() or "@" not in seller.email:
        raise Refused("A document names its seller, and an address to answer to.")
    values = {**seller_copy(seller), "zone": zone_named(seller.zone).key}
    del values["id"]
    changed = session.execute(
        update(Seller).where(Seller.id == seller.id).values(values).returning(Seller.id)
    ).one_or_none()
    if changed is None:
        raise Refused("Only the provider may change this.")


def _add(session: Session, version_id: int, *, starts_on: date, zone: str) -> None:
    session.execute(
        insert(Subscription).values(
            tenant_id=acting_tenant(session),
            plan_version_id=version_id,
            during=Range(starts_on, None),
            zone=zone,
        )
    )
