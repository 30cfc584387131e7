"""An issued invoice, once its PDF is made, goes to the partner's people by mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.correspondence import Correspondence
from app.gateways.mail_templates import Composed, compose
from app.outbox.actions import write_letter
from app.outbox.letter import Enclosure, Letter
from billing.actions import record_mail
from billing.documents.view import invoice_view
from billing.issued import IssuedInvoice
from tenants.access.models import UserState
from tenants.access.queries import users
from tenants.access.roles import UserRole
from tenants.brands.queries import brands

PURPOSE = "invoice"


def invoice_to_letter(
    session: Session, invoice: IssuedInvoice, *, correspondence: Correspondence, now: datetime
) -> bool:
    """Write the letters with the invoice's PDF to the outbox, once; False where nobody takes them.

    They go to the address the partner gave for invoices, else to its administrators.
    """
    recipients = _recipients(session, invoice)
    if invoice.pdf_key is None or not recipients:
        return False
    if record_mail(session, invoice.id, now=now):
        words = compose(
            PURPOSE, _values(session, invoice, correspondence), language=invoice.language
        )
        for place, recipient in enumerate(recipients, start=1):
            write_letter(session, _letter(invoice, words, to=recipient, place=place), now=now)
    return True


def _recipients(session: Session, invoice: IssuedInvoice) -> list[tuple[str, str]]:
    if invoice.buyer.email:
        return [(invoice.buyer.email, invoice.buyer.name)]
    return [
        (user.email, user.name)
        for user in users(session)
        if user.role is UserRole.TENANT_ADMINISTRATOR and user.state is UserState.ACTIVE
    ]


def _values(
    session: Session, invoice: IssuedInvoice, correspondence: Correspondence
) -> dict[str, str]:
    view = invoice_view(invoice)
    (_, month), _, (_, due) = view.facts
    own = next((brand for brand in brands(session) if brand.portal_host), None)
    base = correspondence.base_url(own) if own else correspondence.public_base_url
    return {
        "ref": invoice.label,
        "month": month,
        "total": view.total,
        "due": due,
        "link": f"{base}/partner/invoices/{invoice.id}",
        "seller": invoice.seller.name,
    }


def _letter(invoice: IssuedInvoice, words: Composed, *, to: tuple[str, str], place: int) -> Letter:
    email, name = to
    seller = invoice.seller
    fact = f"{PURPOSE}-{invoice.tenant_id}-{invoice.id}"
    return Letter(
        purpose=PURPOSE,
        idempotency_key=f"{fact}:{email}",
        recipient=email,
        recipient_name=name,
        sender=seller.email,
        sender_name=seller.name,
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_ref=f"{fact}.{place}@{seller.email.rpartition('@')[2]}",
        is_internal=True,
        enclosures=(_enclosure(invoice),),
    )


def _enclosure(invoice: IssuedInvoice) -> Enclosure:
    return Enclosure(f"{invoice.label}.pdf", "application/pdf", str(invoice.pdf_key))
