"""An issued invoice gets its PDF, and then its mail; safe to repeat at any point."""

import hashlib
import logging
from datetime import datetime
from pathlib import Path

from app.clock import utc_now
from app.flows.invoice_to_letter import invoice_to_letter
from app.services import Services
from billing import actions, queries
from billing.documents.pdf import invoice_pdf
from billing.issued import IssuedInvoice

log = logging.getLogger(__name__)

STYLESHEET = Path(__file__).parents[1] / "web" / "assets" / "css" / "document.css"


def deliver_invoice(services: Services, tenant_id: int, invoice_id: int) -> None:
    """Make what the invoice still lacks. Raises NotFound, GatewayError."""
    now = utc_now()
    with services.database.transaction(tenant_id) as session:
        invoice = queries.invoice(session, invoice_id)
    if invoice.pdf_key is None:
        invoice = _with_pdf(services, invoice, now=now)
    with services.database.transaction(tenant_id) as session:
        is_sent = invoice_to_letter(
            session, invoice, correspondence=services.correspondence, now=now
        )
    if not is_sent:
        log.warning("nobody takes the invoice", extra={"invoice_id": invoice_id})


def _with_pdf(services: Services, invoice: IssuedInvoice, *, now: datetime) -> IssuedInvoice:
    """The invoice with its PDF in the store: the file first, so that no row names a missing one."""
    content = invoice_pdf(invoice, stylesheet=STYLESHEET.read_text())
    key = f"{invoice.tenant_id}/invoices/{invoice.label}.pdf"
    services.blobs.put(key, content)
    digest = hashlib.sha256(content).hexdigest()
    with services.database.transaction(invoice.tenant_id) as session:
        actions.record_pdf(session, invoice.id, blob_key=key, sha256=digest, now=now)
        return queries.invoice(session, invoice.id)
