"""A mail that asks for something new → a ticket with its requester, its files and its people."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.correspondence import Addressee, Correspondence
from app.flows.mail_gathering import Gathered, sending_address
from app.flows.request_to_ticket import Asked, count_ticket, request_to_ticket
from app.gateways.mail_templates import say
from app.inbox.arrival import RawMailValue
from app.inbox.matching import Decision, Reason
from app.inbox.reply_tokens import mailbox_of
from app.tickets import actions
from app.tickets import queries as tickets
from app.tickets.actions import Written
from app.tickets.changes import SYSTEM, Author, NewEntry, NewFile, NewTicket
from app.tickets.kinds import AuthorKind, Channel, LinkKind
from app.tickets.state import TicketState
from tenants.brands.queries import mail_place
from tenants.clients.actions import NewRequester, add_requester
from tenants.clients.queries import RequesterValue
from tenants.directory.languages import spoken_language
from tenants.directory.names import NameKind
from tenants.directory.queries import found_names
from tenants.promises.wording import N_

MOST_COPIED = 10  # people in Cc who take part from the beginning; a longer list is a mailing
_NO_NAME = N_("Unknown sender")
_NO_SUBJECT = N_("(no subject)")
_UNREADABLE = N_("Unreadable mail")
_UNREADABLE_TEXT = N_("This mail could not be read. It is attached as it arrived.")


def open_by_mail(
    session: Session,
    known: Gathered,
    decision: Decision,
    *,
    files: tuple[NewFile, ...],
    correspondence: Correspondence,
    now: datetime,
) -> Written:
    """Open the ticket; where the mail pointed to another one, link it and say so on a badge."""
    linked = (
        tickets.ticket_state_by_id(session, decision.linked_ticket_id)
        if decision.linked_ticket_id is not None
        else None
    )
    asked = _asked(session, known, decision, linked=linked, files=files, now=now)
    written = request_to_ticket(session, asked, correspondence=correspondence, now=now)
    if decision.may_be_answered:
        _add_copied(session, known, written.ticket, now=now)
    if linked is not None:
        is_follow_up = decision.reason is Reason.FOLLOW_UP
        kind = LinkKind.FOLLOW_UP if is_follow_up else LinkKind.RELATED
        actions.link_tickets(session, written.ticket.number, linked, kind, now=now)
    return written


def open_unreadable(
    session: Session, kept: RawMailValue, *, files: tuple[NewFile, ...], now: datetime
) -> Written:
    """Open a ticket for a mail nobody could read, with the raw mail as its file; no answer."""
    brand = mail_place(session, kept.mailbox_id).brand
    email = sending_address(kept) or None
    name = email or say(_NO_NAME, language=brand.language)
    asker = add_requester(session, NewRequester(name, email), now=now)
    entry = NewEntry(
        text=say(_UNREADABLE_TEXT, language=brand.language),
        author=SYSTEM,
        channel=Channel.MAIL,
        raw_mail_id=kept.id,
        files=files,
    )
    request = NewTicket(
        brand_id=brand.id,
        prefix=brand.prefix,
        requester_id=asker.id,
        client_id=asker.client_id,
        subject=say(_UNREADABLE, language=brand.language),
        entry=entry,
        language=brand.language,
        source_ref=f"mail:{kept.id}",
    )
    written = actions.open_ticket(session, request, now=now)
    count_ticket(session, written.ticket, now=now)
    return written


def entry_of(known: Gathered, author: Author, *, files: tuple[NewFile, ...]) -> NewEntry:
    """The mail as an entry by `author`."""
    mail = known.mail
    visible, quoted = mail.visible_text, mail.quoted_text
    if known.writer.is_forwarded:
        visible, quoted = mail.bodies.text, ""
    return NewEntry(
        text=visible.strip(),
        author=author,
        channel=Channel.MAIL,
        quoted_text=quoted.strip(),
        html=mail.bodies.html_clean or None,
        trim_confidence=mail.bodies.trimmed.confidence,
        raw_mail_id=known.kept.id,
        language=mail.bodies.language or None,
        files=files,
    )


def _asked(
    session: Session,
    known: Gathered,
    decision: Decision,
    *,
    linked: TicketState | None,
    files: tuple[NewFile, ...],
    now: datetime,
) -> Asked:
    brand, client = known.place.brand, known.writer.known.client
    asker = _requester(session, known, now=now)
    language = spoken_language(
        asker.language or known.mail.bodies.language, otherwise=brand.language
    )
    author = Author(AuthorKind.REQUESTER, asker.id, asker.name)
    answer_to = (
        Addressee(asker.email, asker.name, language, mailbox=known.place.address)
        if decision.may_be_answered and asker.email
        else None
    )
    return Asked(
        ticket=NewTicket(
            brand_id=brand.id,
            prefix=brand.prefix,
            requester_id=asker.id,
            client_id=client.id if client else asker.client_id,
            is_vip=client.is_vip if client else False,
            subject=known.mail.subject or say(_NO_SUBJECT, language=language),
            entry=entry_of(known, author, files=files),
            language=language,
            badge=linked.ref if linked else None,
            source_ref=f"mail:{known.kept.id}",
        ),
        brand=brand,
        hours=known.place.hours.calendar,
        answer_to=answer_to,
        answers=known.mail.message_id.strip("<>"),
        is_own_mailbox=known.facts.is_from_own_mailbox,
    )


def _requester(session: Session, known: Gathered, *, now: datetime) -> RequesterValue:
    """The person we know, or a new one; of their company where the domain is confirmed."""
    writer = known.writer
    if writer.known.requester is not None:
        return writer.known.requester
    client = writer.known.client
    language = known.mail.bodies.language
    new = NewRequester(
        name=writer.name or writer.email or say(_NO_NAME, language=known.place.brand.language),
        email=writer.email or None,
        client_id=client.id if client else None,
        language=spoken_language(language, otherwise="") or None,
    )
    return add_requester(session, new, now=now)


def _add_copied(session: Session, known: Gathered, ticket: TicketState, *, now: datetime) -> None:
    """People in Cc take part; our own mailboxes, and the requester, do not."""
    copied = {each.key: each.name for each in known.mail.cc if each.key != known.writer.email}
    if not copied or len(copied) > MOST_COPIED:
        return
    addresses = {mailbox_of(email) for email in copied}
    ours = found_names(session, NameKind.MAILBOX, addresses)
    for email, name in copied.items():
        if mailbox_of(email) not in ours:
            actions.add_participant(
                session, ticket.number, email, name=name, author=SYSTEM, now=now
            )
