"""What is read about plans, usage and invoices."""

from billing.queries.invoices import (
    closed_periods,
    document_keys,
    invoice,
    invoice_of_period,
    invoices,
    line_usage,
    newest_invoices,
    undelivered_invoices,
)
from billing.queries.plans import (
    billing_profile,
    buyer,
    offered_plan,
    offered_plans,
    period_for,
    seller,
    subscribed_tenants,
    subscription_in,
    subscriptions,
    tax_rates,
)
from billing.queries.usage import billed_in, unbilled, usage_of

__all__ = [
    "billed_in",
    "billing_profile",
    "buyer",
    "closed_periods",
    "document_keys",
    "invoice",
    "invoice_of_period",
    "invoices",
    "line_usage",
    "newest_invoices",
    "offered_plan",
    "offered_plans",
    "period_for",
    "seller",
    "subscribed_tenants",
    "subscription_in",
    "subscriptions",
    "tax_rates",
    "unbilled",
    "undelivered_invoices",
    "usage_of",
]
