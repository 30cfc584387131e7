"""`flask close-month` and `flask redeliver-invoices`: a month's invoices, and what they lack."""

import json
import logging

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.clock import utc_now
from app.commands.exits import BadInput, Command, TryAgainLater
from app.flows.month_to_invoice import month_to_invoice
from app.jobs.deliver_invoice import deliver_invoice
from app.services import Services
from app.web.services import services
from billing import queries
from billing.closing import CloseRule
from billing.periods import period_named
from tenants.directory.queries import tenant_by_slug
from tenants.errors import GatewayError, NotFound, Refused

ACTOR = "command:close_month"
log = logging.getLogger(__name__)


def register(cli: click.Group) -> None:
    """Add the commands to `flask`."""
    cli.add_command(close_month)
    cli.add_command(redeliver_invoices)


@click.command("close-month", cls=Command)
@click.argument("month", metavar="YYYY-MM")
@click.option("--tenant", default=None, help="Short name of one partner; otherwise all.")
@click.option("--now", "at_once", is_flag=True, help="Without the days of grace.")
@with_appcontext
def close_month(month: str, tenant: str | None, *, at_once: bool) -> None:
    """Close a month and issue its invoices: a JSON line per partner. Safe to repeat.

    With --now the days of grace are skipped and, outside production, a running month is closed up
    to this instant; its later usage joins the next invoice.
    """
    rule = _rule(services(), at_once=at_once)
    try:
        tenant_ids = _tenants(month, tenant)
        answers = [_close(services(), tenant_id, month, rule) for tenant_id in tenant_ids]
    except OperationalError as error:
        raise TryAgainLater("the database cannot be reached now; try again") from error
    except (Refused, NotFound) as refused:
        raise BadInput(str(refused)) from refused
    for answer in answers:
        click.echo(json.dumps(answer))
    refusals = [answer for answer in answers if "refused" in answer]
    if refusals:
        raise BadInput(f"{len(refusals)} of {len(answers)} partners were not closed.")


@click.command("redeliver-invoices", cls=Command)
@with_appcontext
def redeliver_invoices() -> None:
    """Make PDF and mail of issued invoices that lack them: a JSON line each."""
    with services().database.across_tenants() as session:
        waiting = queries.undelivered_invoices(session)
    failed = 0
    for tenant_id, invoice_id in waiting:
        answer = _delivered(services(), tenant_id, invoice_id)
        failed += answer["state"] == "failed"
        click.echo(json.dumps(answer))
    if failed:
        raise TryAgainLater(f"{failed} of {len(waiting)} invoices still lack something.")


def _rule(services: Services, *, at_once: bool) -> CloseRule:
    if not at_once:
        return CloseRule.AFTER_GRACE
    return CloseRule.AFTER_END if services.config.is_production else CloseRule.AT_ONCE


def _tenants(month: str, slug: str | None) -> list[int]:
    """The partners with a plan in `month`, or the one named. Raises Refused, NotFound."""
    asked = period_named(month, "UTC")
    if slug is None:
        with services().database.across_tenants() as session:
            return queries.subscribed_tenants(session, asked.first_day, asked.following().first_day)
    with services().database.directory() as session:
        tenant_id = tenant_by_slug(session, slug)
    if tenant_id is None:
        raise NotFound(f"There is no partner “{slug}”.")
    return [tenant_id]


def _close(services: Services, tenant_id: int, month: str, rule: CloseRule) -> dict[str, object]:
    """What became of one partner's month; a refusal of one holds up no other."""
    answer: dict[str, object] = {"tenant": tenant_id, "month": month}
    try:
        with services.database.transaction(tenant_id) as session:
            closed = month_to_invoice(session, month, rule=rule, by=ACTOR, now=utc_now())
    except Refused as refused:
        return {**answer, "refused": str(refused)}
    if closed is None:
        return {**answer, "refused": "The partner has no plan in this month."}
    return {
        **answer,
        "is_new": closed.is_new,
        **_delivered(services, tenant_id, closed.invoice_id),
    }


def _delivered(services: Services, tenant_id: int, invoice_id: int) -> dict[str, object]:
    """The invoice with its PDF and mail, made here and now; the job finds nothing left to do."""
    try:
        deliver_invoice(services, tenant_id, invoice_id)
    except (GatewayError, OSError):
        log.exception("invoice not delivered", extra={"invoice_id": invoice_id})
    with services.database.transaction(tenant_id) as session:
        invoice = queries.invoice(session, invoice_id)
    return {
        "tenant": tenant_id,
        "invoice": invoice_id,
        "number": invoice.label,
        "total_minor": invoice.totals.total.minor,
        "currency": invoice.currency,
        "pdf_sha256": invoice.pdf_sha256,
        "state": invoice.delivery.value if invoice.pdf_key else "failed",
    }
