"""Which months are due to be closed, asked for a job each."""

import logging
from datetime import datetime

from app.clock import utc_now
from app.gateways.queue import Queue, defer
from app.services import Services
from billing import queries
from billing.closing import CloseRule, closes_at
from billing.periods import Period, period_of

log = logging.getLogger(__name__)

CLOSE = "close_month"
LOOK_BACK_MONTHS = 3  # a month that could not be closed is asked for again, not for ever


def close_due_months(services: Services) -> None:
    """Ask for the close of every month that is over, past its grace and not closed yet."""
    now = utc_now()
    for month in _recent_months(now):
        with services.database.across_tenants() as session:
            first, before = month.first_day, month.following().first_day
            tenant_ids = queries.subscribed_tenants(session, first, before)
        due = [each for each in tenant_ids if _is_due(services, each, month.name, now=now)]
        _ask(services, due, month.name)


def _recent_months(now: datetime) -> list[Period]:
    """The months before the one that runs, by the calendar in UTC; zones follow per tenant."""
    months = [period_of(now, "UTC")]
    while len(months) <= LOOK_BACK_MONTHS:
        months.append(months[-1].preceding())
    return months


def _is_due(services: Services, tenant_id: int, month: str, *, now: datetime) -> bool:
    with services.database.transaction(tenant_id) as session:
        period = queries.period_for(session, month)
        if period is None or period.first_day in queries.closed_periods(session):
            return False
        grace_days = queries.seller(session).grace_days
        return now >= closes_at(period, CloseRule.AFTER_GRACE, grace_days=grace_days)


def _ask(services: Services, tenant_ids: list[int], month: str) -> None:
    """A job each, unless one waits already."""
    with services.database.across_tenants() as session:
        for tenant_id in tenant_ids:
            defer(
                session,
                CLOSE,
                queue=Queue.REPORTS,
                queueing_lock=f"{CLOSE}:{tenant_id}:{month}",
                tenant_id=tenant_id,
                month=month,
            )
            log.info("month due", extra={"tenant_id": tenant_id, "month": month})
