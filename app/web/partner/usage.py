"""The partner's own usage and invoices, down to the ticket behind each line."""

from collections.abc import Iterable

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.tickets import queries as tickets
from app.tickets.page import FileShown, TicketPage
from app.tickets.refs import parse_ref
from app.web.auth import permits, signed_in_user
from app.web.bills import (
    UsedRow,
    invoice_csv,
    invoice_item,
    invoice_shown,
    line_of,
    meter_tiles,
    pdf_download,
    usage_csv,
    used_rows,
)
from app.web.downloads import blob_download
from app.web.services import database
from app.web.timeline import partner_timeline
from app.web.words import STATUS_TONES, STATUS_WORDS
from billing import queries
from billing.forecast import month_so_far
from billing.periods import Period, period_named, period_of
from tenants.access.roles import Action
from tenants.directory.queries import tenant
from tenants.errors import NotFound

usage_pages = Blueprint("partner_usage", __name__, url_prefix="/partner")


@usage_pages.get("/usage")
@permits(Action.SEE_OWN_USAGE)
def usage() -> str:
    """A month: what was used, what the fee covers, how it will end, and every entry."""
    now = utc_now()
    with database().transaction(signed_in_user().tenant_id) as session:
        period = _asked_period(session)
        subscribed = queries.subscription_in(
            session, period.first_day, period.following().first_day
        )
        entries = queries.usage_of(session, period)
        rows = used_rows(session, entries, ticket_url=_ticket_url)
    facts = [row.fact for row in entries]
    month = month_so_far(subscribed, facts, period=period, now=now) if subscribed else None
    return render_template(
        "partner/usage/usage.html",
        period=period,
        previous=period.preceding(),
        following=period.following() if period.end <= now else None,
        is_open=now < period.end,
        plan=subscribed.plan if subscribed else None,
        month=month,
        tiles_shown=meter_tiles(month) if month else (),
        rows=rows,
    )


@usage_pages.get("/usage.csv")
@permits(Action.SEE_OWN_USAGE)
def usage_table() -> Response:
    """The month's entries for a spreadsheet."""
    with database().transaction(signed_in_user().tenant_id) as session:
        period = _asked_period(session)
        rows = _rows(session, period)
    return usage_csv(rows, name=f"usage-{period.name}.csv")


@usage_pages.get("/invoices")
@permits(Action.SEE_OWN_USAGE)
def invoices() -> str:
    """All invoices, the newest first."""
    with database().transaction(signed_in_user().tenant_id) as session:
        rows = queries.invoices(session)
        found = tenant(session, signed_in_user().tenant_id)
    items = [
        invoice_item(row, url_for("partner_usage.invoice", invoice_id=row.id), found)
        for row in rows
    ]
    return render_template("partner/usage/invoices.html", items=items)


@usage_pages.get("/invoices/<int:invoice_id>")
@permits(Action.SEE_OWN_USAGE)
def invoice(invoice_id: int) -> str:
    """One invoice, as in its PDF, each line leading to its tickets."""
    with database().transaction(signed_in_user().tenant_id) as session:
        shown = invoice_shown(
            session,
            invoice_id,
            line_url=lambda position: url_for(
                "partner_usage.line", invoice_id=invoice_id, position=position
            ),
        )
    return render_template("partner/usage/invoice.html", shown=shown)


@usage_pages.get("/invoices/<int:invoice_id>/pdf")
@permits(Action.SEE_OWN_USAGE)
def invoice_pdf(invoice_id: int) -> Response:
    """The PDF as it was mailed."""
    with database().transaction(signed_in_user().tenant_id) as session:
        found = queries.invoice(session, invoice_id)
    return pdf_download(found)


@usage_pages.get("/invoices/<int:invoice_id>/csv")
@permits(Action.SEE_OWN_USAGE)
def invoice_table(invoice_id: int) -> Response:
    """Lines with their usage for a spreadsheet."""
    with database().transaction(signed_in_user().tenant_id) as session:
        return invoice_csv(session, queries.invoice(session, invoice_id))


@usage_pages.get("/invoices/<int:invoice_id>/lines/<int:position>")
@permits(Action.SEE_OWN_USAGE)
def line(invoice_id: int, position: int) -> str:
    """The tickets behind a line."""
    with database().transaction(signed_in_user().tenant_id) as session:
        found = queries.invoice(session, invoice_id)
        usage_behind = queries.line_usage(session, invoice_id, position)
        rows = used_rows(session, usage_behind, ticket_url=_ticket_url)
    shown, title = line_of(found, position)
    return render_template(
        "partner/usage/line.html", invoice=found, line=shown, title=title, rows=rows
    )


@usage_pages.get("/tickets/<ref>")
@permits(Action.SEE_OWN_TICKETS)
def ticket(ref: str) -> str:
    """A ticket to read: public words and what happened, without the desk's notes."""
    page = _own_ticket(ref)
    return render_template(
        "partner/usage/ticket.html",
        page=page,
        lines=partner_timeline(page),
        file_links=_file_links,
        status_word=STATUS_WORDS[page.head.status],
        tone=STATUS_TONES[page.head.status],
    )


@usage_pages.get("/tickets/<ref>/attachments/<int:attachment_id>")
@permits(Action.SEE_OWN_TICKETS)
def ticket_attachment(ref: str, attachment_id: int) -> Response:
    """A file of the ticket's public words, as a download."""
    page = _own_ticket(ref)
    with database().transaction(signed_in_user().tenant_id) as session:
        file, blob_key = tickets.attachment(session, attachment_id)
    if all(file not in entry.files for entry in page.public_entries):
        raise NotFound
    return blob_download(blob_key, name=file.name)


def _own_ticket(ref: str) -> TicketPage:
    parsed = parse_ref(ref)
    if parsed is None:
        raise NotFound
    with database().transaction(signed_in_user().tenant_id) as session:
        page = tickets.ticket_page(session, parsed.number)
    if page.head.prefix != parsed.prefix:
        raise NotFound
    return page


def _asked_period(session: Session) -> Period:
    """The month in the address, else the one that runs, in the tenant's zone."""
    found = tenant(session, signed_in_user().tenant_id)
    zone = found.zone if found else "UTC"
    asked = request.args.get("month")
    if not asked:
        name = period_of(utc_now(), zone).name
        return queries.period_for(session, name) or period_named(name, zone)
    return queries.period_for(session, asked) or period_named(asked, zone)


def _rows(session: Session, period: Period) -> list[UsedRow]:
    return used_rows(session, queries.usage_of(session, period), ticket_url=_ticket_url)


def _file_links(files: Iterable[FileShown], ref: str) -> list[dict[str, object]]:
    return [
        {
            "name": file.name,
            "size": file.size,
            "preview_url": "",
            "url": url_for("partner_usage.ticket_attachment", ref=ref, attachment_id=file.id),
        }
        for file in files
    ]


def _ticket_url(ref: str) -> str:
    return url_for("partner_usage.ticket", ref=ref)
