"""A partner's month is closed once late usage has had its days."""

from app.clock import utc_now
from app.flows.month_to_invoice import month_to_invoice
from app.jobs import JobRefused
from app.services import Services
from billing.closing import CloseRule
from tenants.errors import Refused

ACTOR = "job:close_month"


def close_month(services: Services, tenant_id: int, month: str) -> None:
    """Close `month` ("2026-11"). Raises JobRefused where it is not time or cannot be priced."""
    with services.database.transaction(tenant_id) as session:
        try:
            month_to_invoice(session, month, rule=CloseRule.AFTER_GRACE, by=ACTOR, now=utc_now())
        except Refused as refused:
            raise JobRefused(str(refused)) from refused
