"""Billing as the provider sees it: months and invoices of all partners, plans and parties."""

from flask import Blueprint

billing_pages = Blueprint("office_billing", __name__, url_prefix="/office/billing")

from app.web.office.billing import months, terms  # noqa: E402, F401 - routes
