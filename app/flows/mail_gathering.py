"""Everything that must be known of a mail before it is decided on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.flows.correspondence import Correspondence
from app.inbox import queries as inbox
from app.inbox.arrival import RawMailValue
from app.inbox.clues import Clues, find_clues
from app.inbox.forwarding import forwarded_sender
from app.inbox.loops import is_own_loop
from app.inbox.mail import AutomaticReason, ParsedMail
from app.inbox.matching import Candidate, FoundBy, MailFacts, Sender, Standing
from app.inbox.reply_tokens import is_for, loop_hash
from app.outbox.queries import is_last_outgoing_internal, tickets_of_letters
from app.tickets import queries as tickets
from app.tickets.changes import NewFile
from app.tickets.reopening import MOST_REOPENINGS, REOPEN_WINDOW, REOPENINGS_COUNTED_OVER
from app.tickets.state import TicketState
from app.tickets.thanks import is_only_thanks
from tenants.access.queries import credentials, find_login
from tenants.access.tokens import login_digest
from tenants.brands.queries import MailPlace, mail_place
from tenants.clients.queries import Sender as KnownSender
from tenants.clients.queries import sender as known_sender
from tenants.database import HOUSE_ID
from tenants.errors import NotFound

_BOUNCED = frozenset({AutomaticReason.MAILER_DAEMON, AutomaticReason.NULL_SENDER})
_ENFORCED = frozenset({"quarantine", "reject"})


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What was read of a mail outside the transaction.

    `mail`: None where it could not be read, then `failure` says why and `files` holds it raw.
    `authentication`: spf, dkim, dmarc and policy, as far as they were checked.
    `is_from_operator`: whether the sender is one of ours who answers for this tenant; looked up
    outside, since a tenant's own transaction does not see the provider's people.
    """

    mail: ParsedMail | None
    files: tuple[NewFile, ...] = ()
    failure: str = ""
    authentication: dict[str, Any] = field(default_factory=dict)
    is_from_operator: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """Who asks for help by a mail. `email`: "" where nobody can be named."""

    email: str
    name: str
    known: KnownSender
    is_forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """A mail with all that is known about it. `ticket`: the one its strongest clue leads to."""

    kept: RawMailValue
    mail: ParsedMail
    place: MailPlace
    writer: Writer
    ticket: TicketState | None
    facts: MailFacts


def gather(
    session: Session,
    kept: RawMailValue,
    read: ReadMail,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> Gathered:
    """Read what the rules ask for: few statements where a mail points to no ticket."""
    mail = read.mail
    assert mail is not None  # noqa: S101 - a mail that could not be read is not gathered for
    place = mail_place(session, kept.mailbox_id)
    envelope = Envelope(
        kept, mail, place, correspondence, _clues(kept, mail, place, correspondence)
    )
    login = HOUSE_ID if read.is_from_operator else _login(session, envelope)
    writer = _writer(session, envelope, login)
    found = next(_found(session, envelope), None)
    candidate = (
        _candidate(session, envelope, found, writer=writer, login=login, now=now) if found else None
    )
    facts = MailFacts(
        is_own_loop=is_own_loop(mail.origin.loop_ids, loop_hash(correspondence.key)),
        is_from_own_mailbox=writer.known.is_own_mailbox,
        is_bounce=_is_bounce(kept, mail),
        is_automatic=mail.automatic is not None,
        is_sender_ambiguous=mail.sender_ambiguous or is_forged(read.authentication),
        is_thanks_only=is_only_thanks(mail.visible_text),
        sender=_standing_of_writer(writer, login),
        candidates=(candidate,) if candidate else (),
    )
    return Gathered(kept, mail, place, writer, found.ticket if found else None, facts)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail, where it arrived, and what in it points to tickets of that mailbox."""

    kept: RawMailValue
    mail: ParsedMail
    place: MailPlace
    correspondence: Correspondence
    clues: Clues

    @property
    def is_pointing(self) -> bool:
        """Whether it claims to belong to a ticket."""
        clues = self.clues
        return bool(clues.tokens or clues.own_ids or clues.references or clues.numbers)

    @property
    def tenant_id(self) -> int:
        """Whose mailbox it is."""
        return self.place.brand.tenant_id


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket a clue leads to."""

    ticket: TicketState
    by: FoundBy
    token_is_for_sender: bool = True


def sending_address(kept: RawMailValue) -> str:
    """The envelope sender where it is an address, lower case, or ""."""
    return kept.envelope_sender.lower() if "@" in kept.envelope_sender else ""


def is_forged(authentication: dict[str, Any]) -> bool:
    """Whether the domain in From says of itself that such a mail is not its own."""
    return authentication.get("dmarc") == "fail" and authentication.get("policy") in _ENFORCED


def _clues(
    kept: RawMailValue, mail: ParsedMail, place: MailPlace, correspondence: Correspondence
) -> Clues:
    return find_clues(
        mail,
        recipients=(kept.recipient,),
        tenant_id=place.brand.tenant_id,
        prefixes=(place.brand.prefix,),
        key=correspondence.key,
    )


def _login(session: Session, envelope: Envelope) -> int | None:
    """The tenant, where the sender is an active member of it; asked only where it matters.

    Everybody else is a stranger: members of other tenants, and whoever was shut out.
    """
    mail = envelope.mail
    if not mail.from_email or not (envelope.is_pointing or forwarded_sender(mail.bodies.text)):
        return None
    digest = login_digest(mail.from_email, secret=envelope.correspondence.secret)
    place = find_login(session, digest)
    if place is None or place.tenant_id != envelope.tenant_id:
        return None
    found = credentials(session, place.user_id)
    return place.tenant_id if found and found.is_active else None


def _writer(session: Session, envelope: Envelope, login: int | None) -> Writer:
    """The sender; of a mail that the tenant's own people passed on, its original sender.

    An answer on a ticket repeats such headers too, so a mail that points to one is no forward.
    """
    mail = envelope.mail
    if login == envelope.tenant_id and not envelope.is_pointing:
        original = forwarded_sender(mail.bodies.text)
        if original is not None:
            known = known_sender(session, original.address)
            return Writer(original.key, original.name, known, is_forwarded=True)
    email = mail.from_email.lower() or sending_address(envelope.kept)
    return Writer(email, mail.from_name, known_sender(session, email))


def _found(session: Session, envelope: Envelope) -> Iterator[Found]:
    """Tickets of this mailbox by each clue, strongest first; asked for one after the other."""
    clues, brand_id = envelope.clues, envelope.place.brand.id
    for token in clues.tokens:
        fits = is_for(
            token,
            envelope.mail.from_email,
            tenant_id=envelope.tenant_id,
            key=envelope.correspondence.key,
        )
        yield from _of_id(session, token.ticket_id, FoundBy.REPLY_TOKEN, brand_id, fits=fits)
    for own in clues.own_ids:
        yield from _of_id(session, own.ticket_id, FoundBy.MESSAGE_ID, brand_id)
    references = tuple(each.strip("<>") for each in clues.references)  # as rows keep them
    stored = {
        **inbox.tickets_of_messages(session, references),
        **tickets_of_letters(session, references),
    }
    for reference in references:
        if reference in stored:
            yield from _of_id(session, stored[reference], FoundBy.REFERENCE, brand_id)
    for number in clues.numbers:
        try:
            ticket = tickets.ticket_state(session, number.number)
        except NotFound:
            continue
        if ticket.brand_id == brand_id:
            yield Found(ticket, FoundBy.SUBJECT_NUMBER)


def _of_id(
    session: Session, ticket_id: int, by: FoundBy, brand_id: int, *, fits: bool = True
) -> Iterator[Found]:
    try:
        ticket = tickets.ticket_state_by_id(session, ticket_id)
    except NotFound:
        return
    if ticket.brand_id == brand_id:
        yield Found(ticket, by, fits)


def _candidate(
    session: Session,
    envelope: Envelope,
    found: Found,
    *,
    writer: Writer,
    login: int | None,
    now: datetime,
) -> Candidate:
    ticket = found.ticket
    since = now - REOPENINGS_COUNTED_OVER
    may_reopen = (
        not ticket.is_open and tickets.reopenings_since(session, ticket.id, since) < MOST_REOPENINGS
    )
    return Candidate(
        ticket_id=ticket.id,
        found_by=found.by,
        sender=_relation(session, envelope, ticket, writer, login),
        standing=_standing(ticket, now=now),
        token_is_for_sender=found.token_is_for_sender,
        last_outgoing_was_internal=is_last_outgoing_internal(
            session, ticket.id, recipient=envelope.mail.from_email.lower()
        ),
        may_reopen=may_reopen,
    )


def _relation(
    session: Session, envelope: Envelope, ticket: TicketState, writer: Writer, login: int | None
) -> Sender:
    """What the sender is to the ticket; the requester first, whatever else they are."""
    known = writer.known
    if known.requester is not None and known.requester.id == ticket.requester_id:
        return Sender.REQUESTER
    email = envelope.mail.from_email.lower()
    if any(person.email == email for person in tickets.participants(session, ticket.id)):
        return Sender.PARTICIPANT
    if login == HOUSE_ID:
        return Sender.OPERATOR
    if login == envelope.tenant_id:
        return Sender.ENGINEER
    if known.client is not None and known.client.id == ticket.client_id:
        return Sender.SAME_CLIENT
    return _standing_of_writer(writer, login)


def _standing_of_writer(writer: Writer, login: int | None) -> Sender:
    return Sender.KNOWN if writer.known.is_known or login is not None else Sender.UNKNOWN


def _standing(ticket: TicketState, *, now: datetime) -> Standing:
    if ticket.is_open:
        return Standing.OPEN
    if ticket.resolved_at is not None and now - ticket.resolved_at > REOPEN_WINDOW:
        return Standing.CLOSED_LATER
    return Standing.RESOLVED


def _is_bounce(kept: RawMailValue, mail: ParsedMail) -> bool:
    """A delivery report, a mail system's own voice, or a null sender that says nothing else."""
    if mail.bounce is not None or mail.automatic in _BOUNCED:
        return True
    return not kept.envelope_sender and mail.automatic is None
