"""The month of every partner, its closing, and the invoices."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.clock import utc_now
from app.flows.month_to_invoice import month_to_invoice
from app.web.auth import permits, signed_in_user
from app.web.bills import (
    DELIVERY_TONES,
    DELIVERY_WORDS,
    MeterTile,
    invoice_item,
    invoice_shown,
    line_of,
    meter_tiles,
    pdf_download,
    used_rows,
)
from app.web.office.billing import billing_pages
from app.web.services import database, services
from billing import queries
from billing.closing import CloseRule
from billing.forecast import MonthSoFar, month_so_far
from billing.periods import Period, period_of
from billing.plans import SubscribedPlan
from tenants.access.roles import Action, may
from tenants.database import HOUSE_ID
from tenants.directory.queries import PARTNER_ROWS, TenantRow, partners_page, tenant
from tenants.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class PartnerMonth:
    """A partner's running month. `subscribed`, `month`: None without a plan."""

    partner: TenantRow
    subscribed: SubscribedPlan | None
    month: MonthSoFar | None
    tiles: tuple[MeterTile, ...]


@billing_pages.get("")
@permits(Action.MANAGE_BILLING)
def periods() -> str:
    """The partners a page at a time: what they used this month and how it will end."""
    now, after = utc_now(), request.args.get("after")
    with database().across_tenants() as session:
        partners = partners_page(session, after=after)
    is_full = len(partners) == PARTNER_ROWS
    months = []
    for each in partners:
        with database().transaction(each.id) as session:
            months.append(partner_month(session, each.id, now=now))
    return render_template(
        "office/billing/periods.html",
        months=months,
        next_url=url_for("office_billing.periods", after=partners[-1].slug) if is_full else "",
    )


@billing_pages.get("/invoices")
@permits(Action.MANAGE_BILLING)
def invoices() -> str:
    """The newest invoices of all partners."""
    with database().across_tenants() as session:
        newest = queries.newest_invoices(session)
    rows = []
    for tenant_id, invoice_ids in newest.items():
        with database().transaction(tenant_id) as session:
            found = partner(session, tenant_id)
            rows += [
                invoice_item(row, invoice_url(tenant_id, row.id), found)
                for row in queries.invoices(session)
                if row.id in invoice_ids
            ]
    rows.sort(key=lambda item: item[0].label, reverse=True)
    return render_template("office/billing/invoices.html", items=rows)


@billing_pages.post("/partners/<int:tenant_id>/months/<month>/closing")
@permits(Action.MANAGE_BILLING)
def close_month(tenant_id: int, month: str) -> BaseResponse:
    """Close a month that is over; outside production also the one that runs."""
    rule = CloseRule.AFTER_END if services().config.is_production else CloseRule.AT_ONCE
    with database().transaction(tenant_id) as session:
        partner(session, tenant_id)
        by = signed_in_user().actor
        closed = month_to_invoice(session, month, rule=rule, by=by, now=utc_now())
    if closed is None:
        raise Refused(_("The partner has no plan in this month."))
    flash(_("Closed. The PDF and the mail follow within a minute."), "success")
    return redirect(invoice_url(tenant_id, closed.invoice_id), 303)


@billing_pages.get("/partners/<int:tenant_id>/invoices/<int:invoice_id>")
@permits(Action.MANAGE_BILLING)
def invoice(tenant_id: int, invoice_id: int) -> str:
    """One invoice, as the partner sees it."""
    with database().transaction(tenant_id) as session:
        found = partner(session, tenant_id)
        shown = invoice_shown(
            session,
            invoice_id,
            line_url=lambda position: url_for(
                "office_billing.line",
                tenant_id=tenant_id,
                invoice_id=invoice_id,
                position=position,
            ),
        )
    return render_template(
        "office/billing/invoice.html",
        partner=found,
        shown=shown,
        state=DELIVERY_WORDS[shown.invoice.delivery],
        tone=DELIVERY_TONES[shown.invoice.delivery],
    )


@billing_pages.get("/partners/<int:tenant_id>/invoices/<int:invoice_id>/pdf")
@permits(Action.MANAGE_BILLING)
def invoice_pdf(tenant_id: int, invoice_id: int) -> Response:
    """The PDF as it was mailed."""
    with database().transaction(tenant_id) as session:
        found = queries.invoice(session, invoice_id)
    return pdf_download(found)


@billing_pages.get("/partners/<int:tenant_id>/invoices/<int:invoice_id>/lines/<int:position>")
@permits(Action.MANAGE_BILLING)
def line(tenant_id: int, invoice_id: int, position: int) -> str:
    """The tickets behind a line; they open for those who answer for the partner."""
    with database().transaction(tenant_id) as session:
        found = queries.invoice(session, invoice_id)
        usage = queries.line_usage(session, invoice_id, position)
        rows = used_rows(session, usage, ticket_url=lambda ref: _ticket_url(tenant_id, ref))
    shown, title = line_of(found, position)
    return render_template(
        "office/billing/line.html",
        tenant_id=tenant_id,
        invoice=found,
        line=shown,
        title=title,
        rows=rows,
    )


def partner(session: Session, tenant_id: int) -> TenantRow:
    """The partner of this session. Raises NotFound for the provider itself and for nobody."""
    found = tenant(session, tenant_id)
    if found is None or found.id == HOUSE_ID:
        raise NotFound
    return found


def partner_month(session: Session, tenant_id: int, *, now: datetime) -> PartnerMonth:
    """The running month of the session's tenant."""
    found = partner(session, tenant_id)
    period = running_period(session, found, now=now)
    subscribed = queries.subscription_in(session, period.first_day, period.following().first_day)
    if subscribed is None:
        return PartnerMonth(found, None, None, ())
    facts = [row.fact for row in queries.usage_of(session, period)]
    month = month_so_far(subscribed, facts, period=period, now=now)
    return PartnerMonth(found, subscribed, month, meter_tiles(month))


def running_period(session: Session, found: TenantRow, *, now: datetime) -> Period:
    """The month that runs in the zone of the partner's plan, else of the partner itself."""
    period = period_of(now, found.zone)
    return queries.period_for(session, period.name) or period


def invoice_url(tenant_id: int, invoice_id: int) -> str:
    """The page of a partner's invoice in the office."""
    return url_for("office_billing.invoice", tenant_id=tenant_id, invoice_id=invoice_id)


def _ticket_url(tenant_id: int, ref: str) -> str | None:
    reader = signed_in_user()
    if tenant_id not in reader.served_tenant_ids or not may(reader.role, Action.WORK_TICKETS):
        return None
    return url_for("desk.ticket", ref=ref)
