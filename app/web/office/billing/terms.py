"""On which terms a partner is served: its plan, its name on documents; and the provider's own."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.bills import invoice_item
from app.web.forms import UNPROCESSABLE, chosen, line, paragraphs
from app.web.numbers import whole_number
from app.web.office.billing import billing_pages
from app.web.office.billing.months import (
    invoice_url,
    partner,
    partner_month,
    running_period,
)
from app.web.refusals import said
from app.web.services import database, services
from billing import actions, queries
from billing.parties import BuyerDetails, SellerDetails
from billing.tax import TaxCategory
from tenants.access.actions import record_audit
from tenants.access.roles import Action
from tenants.database import HOUSE_ID
from tenants.errors import Refused

TAX_WORDS = {
    TaxCategory.STANDARD: _l("taxed as usual"),
    TaxCategory.EXEMPT: _l("exempt"),
    TaxCategory.REVERSE_CHARGE: _l("reverse charge: the partner accounts for it"),
}
LONGEST_TERM_DAYS = 90


@billing_pages.get("/partners/<int:tenant_id>")
@permits(Action.MANAGE_BILLING)
def partner_billing(tenant_id: int) -> str:
    """One partner: the running month, what can be closed, its invoices, plan and parties."""
    return _page(tenant_id)


@billing_pages.post("/partners/<int:tenant_id>/plan")
@permits(Action.MANAGE_BILLING)
def take_plan(tenant_id: int) -> Response | tuple[str, int]:
    """Put the partner on a plan from today, or on another one from the next month."""
    now, slug = utc_now(), line("plan")
    try:
        with database().transaction(tenant_id) as session:
            found = partner(session, tenant_id)
            period = running_period(session, found, now=now)
            if queries.subscriptions(session):
                first_day = period.following().first_day
                actions.change_plan(session, slug, from_month=first_day)
            else:
                today = now.astimezone(ZoneInfo(found.zone)).date()
                actions.subscribe(session, slug, starts_on=today, zone=found.zone)
            _audit(session, "take_plan", f"tenant:{tenant_id}", {"plan": slug}, now=now)
    except Refused as refused:
        return _page(tenant_id, errors={"plan": said(refused)}), UNPROCESSABLE
    flash(_("Saved."), "success")
    return redirect(url_for("office_billing.partner_billing", tenant_id=tenant_id), 303)


@billing_pages.post("/partners/<int:tenant_id>/profile")
@permits(Action.MANAGE_BILLING)
def change_profile(tenant_id: int) -> Response | tuple[str, int]:
    """Write down how the partner is named and taxed on coming invoices."""
    now = utc_now()
    buyer = BuyerDetails(
        name=line("name"),
        address=paragraphs("address"),
        country=line("country").upper(),
        tax_ref=line("tax_ref"),
        tax_category=chosen(TaxCategory, line("tax_category")) or TaxCategory.STANDARD,
        email=line("email"),
    )
    try:
        with database().transaction(tenant_id) as session:
            partner(session, tenant_id)
            actions.set_billing_profile(session, buyer)
            _audit(session, "change_billing_profile", f"tenant:{tenant_id}", {}, now=now)
    except Refused as refused:
        return _page(tenant_id, errors={"name": said(refused)}, buyer=buyer), UNPROCESSABLE
    flash(_("Saved. It holds from the next invoice on."), "success")
    return redirect(url_for("office_billing.partner_billing", tenant_id=tenant_id), 303)


@billing_pages.get("/seller")
@permits(Action.MANAGE_BILLING)
def seller() -> str:
    """How the provider is named on its documents."""
    with database().transaction(HOUSE_ID) as session:
        return _seller_page(queries.seller(session), {})


@billing_pages.post("/seller")
@permits(Action.MANAGE_BILLING)
def change_seller() -> Response | tuple[str, int]:
    """Write it down; issued invoices keep what they were issued with."""
    now = utc_now()
    with database().transaction(HOUSE_ID) as session:
        kept = queries.seller(session)
    wanted = _typed_seller(kept)
    errors = {
        name: _("A number of days from 0 to %(most)s.", most=LONGEST_TERM_DAYS)
        for name in ("grace_days", "payment_days")
        if not 0 <= _days(name) <= LONGEST_TERM_DAYS
    }
    if errors:
        return _seller_page(wanted, errors), UNPROCESSABLE
    try:
        with database().transaction(HOUSE_ID) as session:
            actions.change_seller(session, wanted)
            _audit(session, "change_seller", f"seller:{kept.id}", {}, now=now)
    except Refused as refused:
        return _seller_page(wanted, {"name": said(refused)}), UNPROCESSABLE
    flash(_("Saved. It holds from the next invoice on."), "success")
    return redirect(url_for("office_billing.seller"), 303)


def _page(
    tenant_id: int, *, errors: dict[str, str] | None = None, buyer: BuyerDetails | None = None
) -> str:
    now = utc_now()
    with database().transaction(tenant_id) as session:
        found = partner(session, tenant_id)
        period = running_period(session, found, now=now)
        closed = queries.closed_periods(session)
        months = [period.preceding(), period]
        content = {
            "partner": found,
            "running": partner_month(session, tenant_id, now=now),
            "open_months": [
                each
                for each in months
                if each.first_day not in closed and queries.period_for(session, each.name)
            ],
            "period": period,
            "items": [
                invoice_item(row, invoice_url(tenant_id, row.id), found)
                for row in queries.invoices(session)
            ],
            "plan_options": [
                (plan.slug, plan.name) for plan in queries.offered_plans(session, on=now.date())
            ],
            "current_plan": next((kept.plan.slug for kept in queries.subscriptions(session)), ""),
            "buyer": buyer or queries.buyer(session),
        }
    return render_template(
        "office/billing/partner.html",
        **content,
        errors=errors or {},
        may_close_running=not services().config.is_production,
        tax_options=[(category.value, word) for category, word in TAX_WORDS.items()],
    )


def _seller_page(details: SellerDetails, errors: dict[str, str]) -> str:
    return render_template("office/billing/seller.html", seller=details, errors=errors)


def _typed_seller(kept: SellerDetails) -> SellerDetails:
    return replace(
        kept,
        name=line("name"),
        address=paragraphs("address"),
        tax_ref=line("tax_ref"),
        bank_details=paragraphs("bank_details"),
        email=line("email"),
        zone=line("zone"),
        grace_days=_days("grace_days"),
        payment_days=_days("payment_days"),
    )


def _days(name: str) -> int:
    """The number typed; -1 for none, which no field accepts."""
    number = whole_number(line(name))
    return -1 if number is None else number


def _audit(
    session: Session, action: str, target: str, details: dict[str, str], *, now: datetime
) -> None:
    by = signed_in_user().actor
    record_audit(session, actor=by, action=action, target=target, now=now, details=details)
