"""What is offered, who subscribes to what, and the parties of a document."""

from datetime import date

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import Range, distinct_on
from sqlalchemy.orm import Session

from billing.models import BillingProfile, Plan, PlanVersion, Seller, Subscription, TaxRateRow
from billing.money import Money
from billing.parties import BuyerDetails, SellerDetails
from billing.periods import Period, period_named
from billing.plans import OfferedPlan, SubscribedPlan, meter_prices
from billing.rating import PlanTerms
from billing.tax import TaxCategory, TaxRate, TaxRule
from tenants.database import acting_tenant
from tenants.directory.queries import tenant
from tenants.errors import NotFound


def offered_plans(session: Session, *, on: date) -> list[OfferedPlan]:
    """The plans with the prices of that day, the smallest first."""
    rows = session.execute(
        select(Plan, PlanVersion)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .where(PlanVersion.valid_from <= on)
        .ext(distinct_on(Plan.position, Plan.id))  # the newest version of each
        .order_by(Plan.position, Plan.id, PlanVersion.valid_from.desc())
    )
    return [_offered(plan, version) for plan, version in rows]


def offered_plan(session: Session, slug: str, *, on: date) -> OfferedPlan:
    """One plan with the prices of that day. Raises NotFound."""
    for plan in offered_plans(session, on=on):
        if plan.slug == slug:
            return plan
    raise NotFound(f"There is no plan “{slug}”.")


def subscriptions(session: Session) -> list[SubscribedPlan]:
    """All subscriptions of the tenant, the newest first."""
    rows = session.execute(_SUBSCRIPTIONS.order_by(func.lower(Subscription.during).desc()))
    return [_subscribed(row) for row in rows]


def subscription_in(session: Session, first_day: date, before: date) -> SubscribedPlan | None:
    """The subscription with a day in `[first_day, before)`, a month; None where there is none."""
    row = session.execute(
        _SUBSCRIPTIONS.where(Subscription.during.overlaps(Range(first_day, before)))
    ).one_or_none()
    return None if row is None else _subscribed(row)


def period_for(session: Session, month: str) -> Period | None:
    """The month ("2026-11") in the zone of the tenant's plan; None for a month without a plan.

    Raises Refused for what is no month.
    """
    asked = period_named(month, "UTC")
    subscribed = subscription_in(session, asked.first_day, asked.following().first_day)
    return None if subscribed is None else period_named(month, subscribed.zone)


def subscribed_tenants(session: Session, first_day: date, before: date) -> list[int]:
    """Ids of tenants with a subscribed day in `[first_day, before)`. `session`: across tenants."""
    return list(
        session.scalars(
            select(Subscription.tenant_id)
            .where(Subscription.during.overlaps(Range(first_day, before)))
            .distinct()
            .order_by(Subscription.tenant_id)
        )
    )


def seller(session: Session) -> SellerDetails:
    """The provider as a party. Raises NotFound before the migrations ran."""
    row = session.scalars(select(Seller).order_by(Seller.id).limit(1)).one_or_none()
    if row is None:
        raise NotFound("There is no seller.")
    return SellerDetails(
        id=row.id,
        name=row.name,
        address=row.address,
        country=row.country,
        tax_ref=row.tax_ref,
        bank_details=row.bank_details,
        email=row.email,
        zone=row.zone,
        grace_days=row.grace_days,
        payment_days=row.payment_days,
    )


def billing_profile(session: Session) -> BuyerDetails | None:
    """What the tenant gave for its documents; None before."""
    row = session.scalars(
        select(BillingProfile).where(BillingProfile.tenant_id == acting_tenant(session))
    ).one_or_none()
    if row is None:
        return None
    return BuyerDetails(
        name=row.name,
        address=row.address,
        country=row.country,
        tax_ref=row.tax_ref,
        tax_category=row.tax_category,
        email=row.email,
    )


def buyer(session: Session) -> BuyerDetails:
    """The tenant as a party; under its own name and taxed as usual where nothing is set.

    Raises NotFound for a tenant that is gone.
    """
    profile = billing_profile(session)
    if profile is not None:
        return profile
    found = tenant(session, acting_tenant(session))
    if found is None:
        raise NotFound("There is no such partner.")
    return BuyerDetails(
        name=found.name,
        address="",
        country="",
        tax_ref="",
        tax_category=TaxCategory.STANDARD,
        email="",
    )


def tax_rates(session: Session) -> tuple[TaxRate, ...]:
    """Every rate that is or was in force."""
    rows = session.scalars(select(TaxRateRow).order_by(TaxRateRow.id))
    return tuple(
        TaxRate(row.country, TaxRule(row.category, row.percent), row.valid_from, row.valid_to)
        for row in rows
    )


_FIRST_DAY = func.min(func.lower(Subscription.during)).over(partition_by=Subscription.tenant_id)
# The window is computed over all subscriptions of the tenant, before any of them is left out.
_FIRSTS = select(Subscription.tenant_id, Subscription.id, _FIRST_DAY.label("first_day")).subquery()
_SUBSCRIPTIONS: Select[Subscription, date, Plan, PlanVersion] = (
    select(Subscription, _FIRSTS.c.first_day, Plan, PlanVersion)
    .join(
        _FIRSTS,
        (_FIRSTS.c.tenant_id == Subscription.tenant_id) & (_FIRSTS.c.id == Subscription.id),
    )
    .join(PlanVersion, PlanVersion.id == Subscription.plan_version_id)
    .join(Plan, Plan.id == PlanVersion.plan_id)
)


def _subscribed(row: Row[Subscription, date, Plan, PlanVersion]) -> SubscribedPlan:
    kept, first_day, plan, version = row
    starts_on = kept.during.lower
    if starts_on is None:
        raise ValueError("a subscription has a beginning")  # the table's check says so too
    return SubscribedPlan(
        id=kept.id,
        plan=_offered(plan, version),
        starts_on=starts_on,
        ends_before=kept.during.upper,
        first_day=first_day,
        zone=kept.zone,
    )


def _offered(plan: Plan, version: PlanVersion) -> OfferedPlan:
    first_fee = version.first_period_fee_minor
    terms = PlanTerms(
        fee=Money(version.fee_minor, version.currency),
        first_period_fee=None if first_fee is None else Money(first_fee, version.currency),
        minute_rule=version.minute_rule,
        prices=meter_prices(version.meters),
    )
    return OfferedPlan(
        version_id=version.id,
        slug=plan.slug,
        name=plan.name,
        valid_from=version.valid_from,
        terms=terms,
        seats=version.seats,
    )
