"""A month's usage becomes an invoice: read, price, write; one transaction, safe to repeat."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from billing import actions, queries
from billing.closing import ClosedMonth, CloseRule, refuse_early_close
from billing.draft import CountedEntry, MonthUsage, TaxTable, by_month, draft_invoice
from billing.periods import Period
from billing.plans import SubscribedPlan
from tenants.database import acting_tenant
from tenants.directory.queries import tenant


def usage_to_invoice(session: Session, period: Period, *, now: datetime) -> ClosedMonth | None:
    """Close the session's tenant's `period` at `now`.

    A month that is closed already gives the invoice it has; a month without a plan gives None.
    Usage of earlier closed months that came too late joins as lines of its own. Raises Refused for
    a month that has not begun.
    """
    refuse_early_close(period, CloseRule.AT_ONCE, grace_days=0, now=now)
    subscribed = _subscribed(session, period)
    if subscribed is None:
        return None
    place = actions.lock_period(session, period)
    if place.is_closed:
        return _closed_before(session, place.id)
    cutoff_at = min(period.end, now)
    usage, late = _usage(session, subscribed, period, before=cutoff_at)
    seller = queries.seller(session)
    buyer = queries.buyer(session)
    taxes = TaxTable(queries.tax_rates(session), seller.country, buyer.tax_category)
    closed_on = now.astimezone(ZoneInfo(period.zone)).date()
    draft = draft_invoice(usage, late, taxes=taxes, closed_on=closed_on)
    issue = actions.Issue(
        billing_period_id=place.id,
        period=period,
        draft=draft,
        seller=seller,
        buyer=buyer,
        plan_name=subscribed.plan.name,
        language=_language(session),
    )
    actions.close_period(session, place.id, cutoff_at=now)
    return ClosedMonth(actions.issue_invoice(session, issue, now=now), is_new=True)


def _closed_before(session: Session, billing_period_id: int) -> ClosedMonth | None:
    invoice_id = queries.invoice_of_period(session, billing_period_id)
    return None if invoice_id is None else ClosedMonth(invoice_id, is_new=False)


def _subscribed(session: Session, period: Period) -> SubscribedPlan | None:
    return queries.subscription_in(session, period.first_day, period.following().first_day)


def _usage(
    session: Session, subscribed: SubscribedPlan, period: Period, *, before: datetime
) -> tuple[MonthUsage, list[MonthUsage]]:
    """The usage of the month itself, and what is still unbilled of months closed before."""
    closed = queries.closed_periods(session)
    months = by_month(queries.unbilled(session, before=before), period.zone)
    usage = MonthUsage(period, subscribed, (), months.pop(period, ()))
    late = [
        _late_month(session, month, entries)
        for month, entries in sorted(months.items())
        if month.first_day in closed
    ]
    return usage, [month for month in late if month is not None]


def _late_month(
    session: Session, period: Period, entries: tuple[CountedEntry, ...]
) -> MonthUsage | None:
    subscribed = _subscribed(session, period)
    if subscribed is None:
        return None
    return MonthUsage(period, subscribed, queries.billed_in(session, period.first_day), entries)


def _language(session: Session) -> str:
    found = tenant(session, acting_tenant(session))
    return found.language if found else "en"
