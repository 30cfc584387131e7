"""A partner's month is closed and its invoice set on its way, in one transaction.

Apart from the flow of billing, which knows neither the job queue nor the audit trail.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.gateways.queue import Queue, defer
from billing import queries
from billing.closing import ClosedMonth, CloseRule, refuse_early_close
from billing.flows.usage_to_invoice import usage_to_invoice
from tenants.access.actions import record_audit
from tenants.database import acting_tenant

DELIVER = "deliver_invoice"


def month_to_invoice(
    session: Session, month: str, *, rule: CloseRule, by: str, now: datetime
) -> ClosedMonth | None:
    """Close `month` ("2026-11") of the session's tenant; PDF and mail follow once this commits.

    Closing again gives the same invoice. None: the tenant has no plan in that month. `by`: as in
    the audit trail. Raises Refused before `rule` allows it, or for what is no month.
    """
    period = queries.period_for(session, month)
    if period is None:
        return None
    if period.first_day not in queries.closed_periods(session):
        grace_days = queries.seller(session).grace_days
        refuse_early_close(period, rule, grace_days=grace_days, now=now)
    closed = usage_to_invoice(session, period, now=now)
    if closed is not None and closed.is_new:
        _send_on_its_way(session, closed.invoice_id, month=month, by=by, now=now)
    return closed


def _send_on_its_way(
    session: Session, invoice_id: int, *, month: str, by: str, now: datetime
) -> None:
    defer(
        session,
        DELIVER,
        queue=Queue.REPORTS,
        tenant_id=acting_tenant(session),
        invoice_id=invoice_id,
    )
    record_audit(
        session,
        actor=by,
        action="close_month",
        target=f"invoice:{invoice_id}",
        now=now,
        details={"month": month},
    )
