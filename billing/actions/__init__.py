"""What changes in billing: usage is added, plans are taken, invoices are issued."""

from billing.actions.invoices import (
    Issue,
    LockedPeriod,
    close_period,
    issue_invoice,
    lock_period,
    record_mail,
    record_pdf,
)
from billing.actions.terms import (
    change_plan,
    change_seller,
    set_billing_profile,
    subscribe,
)
from billing.actions.usage import record_usage, void_usage

__all__ = [
    "Issue",
    "LockedPeriod",
    "change_plan",
    "change_seller",
    "close_period",
    "issue_invoice",
    "lock_period",
    "record_mail",
    "record_pdf",
    "record_usage",
    "set_billing_profile",
    "subscribe",
    "void_usage",
]
