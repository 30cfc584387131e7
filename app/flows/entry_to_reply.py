"""An operator's answer → an entry on the ticket, and a letter to everybody in the conversation."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.correspondence import (
    Addressee,
    Correspondence,
    Thread,
    letter_about,
    reply_marker,
)
from app.gateways.mail_templates import compose
from app.inbox.queries import last_message_ref
from app.outbox.actions import write_letter
from app.outbox.letter import Enclosure
from app.outbox.markdown import markdown_html
from app.tickets import actions, queries
from app.tickets.actions import Written
from app.tickets.changes import NewEntry
from app.tickets.lifecycle import TicketStatus
from app.tickets.page import Person
from app.tickets.state import TicketState
from tenants.brands.brand import (
    Brand,
    Occasion,
    TextChannel,
    TextKind,
    fill_in,
    text_for,
)
from tenants.brands.queries import brand_words
from tenants.clients.queries import RequesterValue, requester


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was sent from a page.

    `then`: where the ticket goes next, None: nowhere. `seen_revision`: what its writer saw.
    """

    entry: NewEntry
    then: TicketStatus | None = None
    seen_revision: int | None = None


@dataclass(frozen=True, slots=True)
class _Sending:
    """What every letter of one answer shares."""

    brand: Brand
    ticket: TicketState
    entry: NewEntry
    entry_id: int
    answers: str
    asker_email: str


def entry_to_reply(
    session: Session,
    number: int,
    reply: Reply,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> Written:
    """Add the public answer, write its letters, and move the ticket on.

    Raises NotFound, Stale, and Refused for an empty text or an impossible next status.
    """
    written = actions.reply_to_requester(
        session, number, reply.entry, seen_revision=reply.seen_revision, now=now
    )
    ticket, entry_id = written.ticket, written.entry_id
    assert entry_id is not None  # noqa: S101 - an answer always is an entry
    asker = requester(session, ticket.requester_id)
    sending = _Sending(
        brand=brand_words(session, ticket.brand_id),
        ticket=ticket,
        entry=reply.entry,
        entry_id=entry_id,
        answers=last_message_ref(session, ticket.id),
        asker_email=(asker.email or "").lower(),
    )
    for person in _readers(session, ticket, asker):
        _write(session, sending, person, correspondence=correspondence, now=now)
    if reply.then is None or reply.then is ticket.status:
        return written
    moved = actions.change_status(
        session, number, reply.then, author=reply.entry.author, seen_revision=None, now=now
    )
    return replace(written, ticket=moved)


def _readers(session: Session, ticket: TicketState, asker: RequesterValue) -> list[Person]:
    """The requester and the participants, each address once."""
    people = [Person(asker.name, asker.email), *queries.participants(session, ticket.id)]
    by_email = {person.email.lower(): person for person in reversed(people) if person.email}
    return list(reversed(by_email.values()))


def _write(
    session: Session,
    sending: _Sending,
    person: Person,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> None:
    assert person.email is not None  # noqa: S101 - readers have addresses
    language = sending.ticket.language
    # Whoever is only copied gets no key to the requester's page.
    is_asker = person.email.lower() == sending.asker_email
    to = Addressee(person.email, person.name, language, mailbox=sending.brand.sender_address)
    words = compose(
        "reply",
        {
            "marker": reply_marker(language),
            "ref": sending.ticket.ref,
            "subject": sending.ticket.subject,
            "text": sending.entry.text,
            "html": markdown_html(sending.entry.text),
            "signature": _signature(sending, language),
            "link": correspondence.request_page(sending.brand, sending.ticket) if is_asker else "",
            "earlier": "",
        },
        language=language,
    )
    thread = Thread(sending.ticket, sending.entry_id, answers=sending.answers)
    letter = letter_about(thread, to, words, brand=sending.brand, correspondence=correspondence)
    enclosures = tuple(Enclosure(f.name, f.type, f.blob_key) for f in sending.entry.files)
    write_letter(
        session,
        replace(
            letter,
            purpose="reply",
            idempotency_key=f"reply:{sending.entry_id}:{person.email.lower()}",
            enclosures=enclosures,
        ),
        now=now,
    )


def _signature(sending: _Sending, language: str) -> str:
    """The brand's own signature; it does not depend on the hour."""
    occasion = Occasion(TextKind.SIGNATURE, TextChannel.MAIL, language, is_open=True)
    values = {"operator": sending.entry.author.name, "brand": sending.brand.name_in(language)}
    return fill_in(text_for(sending.brand, occasion), values)
