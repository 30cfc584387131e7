"""Harbour with one of everything, each carrying its canary; ids that nobody else may use."""

from typing import Any

from sqlalchemy import select, text

from app.outbox.actions import write_letter
from app.outbox.letter import Letter
from app.tickets.actions import open_ticket
from app.tickets.changes import Author, NewEntry, NewFile, NewTicket
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.links import RequestLink, request_token
from app.tickets.models import Attachment
from tenants.access.roles import UserRole
from tenants.clients.actions import NewRequester, add_requester
from tenants.promises.queries import service_hours
from tests import cast
from tests.billing import books
from tests.cast import HARBOUR_CANARY, MONDAY, Cast

FORGED = "x" * 60


def a_harbour_with_everything(harbour: Cast) -> dict[str, Any]:
    """Values of route parameters by name: Harbour's own ids, and tokens nobody else has."""
    values = {**_ticket(harbour), **_held_mail(harbour), **_letter(harbour)}
    user_id = cast.a_person(
        harbour.database,
        harbour.tenant_id,
        email=f"{HARBOUR_CANARY}@harbour.example",
        role=UserRole.ENGINEER,
    )
    return {
        **values,
        "tenant_id": harbour.tenant_id,
        "brand_id": harbour.brand_id,
        "mailbox_id": harbour.mailbox_id,
        "user_id": user_id,
        "slug": harbour.slug,
        "calendar_id": _calendar_id(harbour),
        "job_id": 2**40,
        "month": "2026-03",
        "position": 1,
        "invoice_id": 2**40,
        "token": FORGED,
        "digest": "0" * 12,
    }


def _ticket(harbour: Cast) -> dict[str, Any]:
    with harbour.transaction() as session:
        olena = add_requester(
            session, NewRequester(HARBOUR_CANARY, "olena@client.example", None), now=MONDAY
        )
        file = NewFile(HARBOUR_CANARY, "text/plain", 3, "0" * 64, f"{harbour.tenant_id}/none")
        entry = NewEntry(
            text=HARBOUR_CANARY,
            author=Author(AuthorKind.REQUESTER, olena.id, olena.name),
            channel=Channel.MAIL,
            html=f"<p>{HARBOUR_CANARY}</p>",
            files=(file,),
        )
        request = NewTicket(
            brand_id=harbour.brand_id,
            prefix=harbour.prefix,
            requester_id=olena.id,
            subject=HARBOUR_CANARY,
            entry=entry,
            language="en",
        )
        written = open_ticket(session, request, now=MONDAY)
        attachment_id = session.scalar(select(Attachment.id))
    return {
        "ref": written.ticket.ref,
        "ticket_id": written.ticket.id,
        "entry_id": written.entry_id,
        "attachment_id": attachment_id,
    }


def _held_mail(harbour: Cast) -> dict[str, Any]:
    with harbour.transaction() as session:
        raw_mail_id = session.execute(
            text(
                "INSERT INTO raw_mails (tenant_id, mailbox_id, identity, recipient, "
                "envelope_sender, received_at, size, content, authentication, state, attempts, "
                "from_email, subject, cause) VALUES (:tenant, :mailbox, 'x', 'a', 'b', now(), 1, "
                "'x', '{}', 'held', 0, :canary, :canary, 'unknown_sender') RETURNING id"
            ),
            {
                "tenant": harbour.tenant_id,
                "mailbox": harbour.mailbox_id,
                "canary": HARBOUR_CANARY,
            },
        ).scalar_one()
    return {"raw_mail_id": raw_mail_id}


def _letter(harbour: Cast) -> dict[str, Any]:
    letter = Letter(
        purpose="reply",
        idempotency_key="reply:1",
        recipient="olena@client.example",
        recipient_name=HARBOUR_CANARY,
        sender=harbour.address,
        sender_name=HARBOUR_CANARY,
        subject=HARBOUR_CANARY,
        text=HARBOUR_CANARY,
        message_ref="canary@harbour.example",
        brand_id=harbour.brand_id,
    )
    with harbour.transaction() as session:
        return {"message_id": write_letter(session, letter, now=MONDAY)}


def _calendar_id(harbour: Cast) -> int:
    with harbour.transaction() as session:
        return service_hours(session).id


def harbours_own_link(harbour: Cast) -> str:
    """A real link to Harbour's ticket, made with our own key."""
    return request_token(RequestLink(harbour.tenant_id, 1, 1), secret=cast.SECRET)


def _letter(harbour: Cast) -> dict[str, Any]:
    letter = Letter(
        purpose="reply",
        idempotency_key="canary",
        recipient=f"{HARBOUR_CANARY}@client.example",
        recipient_name=HARBOUR_CANARY,
        sender=harbour.address,
        sender_name="Harbour",
        subject=HARBOUR_CANARY,
        text=HARBOUR_CANARY,
        message_ref="canary@harbour.example",
    )
    with harbour.transaction() as session:
        return {"message_id": write_letter(session, letter, now=MONDAY)}


def _calendar(harbour: Cast) -> dict[str, Any]:
    with harbour.transaction() as session:
        return {"calendar_id": service_hours(session).id}


def _invoice(harbour: Cast) -> dict[str, Any]:
    books.on_plan(harbour)
    books.tickets(harbour, 12)
    invoice = books.closed(harbour)
    return {"invoice_id": invoice.id, "position": 1, "month": "2026-11"}
