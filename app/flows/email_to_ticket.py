"""An inbound e-mail → a new ticket, an entry on one, or a mail that waits for a person."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.flows import mail_appending, mail_opening
from app.flows.correspondence import Correspondence
from app.flows.mail_gathering import Gathered, ReadMail, gather
from app.inbox import actions as inbox
from app.inbox import queries as inbox_queries
from app.inbox.arrival import MailPlace, RawMailValue, Settled
from app.inbox.matching import Decision, MailAction, decide
from app.inbox.release import released
from app.inbox.states import MailState, is_waiting
from app.tickets import queries as tickets

log = logging.getLogger(__name__)


class OutcomeAction(StrEnum):
    """What became of a mail."""

    OPENED = "opened"
    APPENDED = "appended"
    HELD = "held"
    IGNORED = "ignored"
    BOUNCE = "bounce"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became of a mail. `ticket`: as people quote it; `reason`: the rule that decided."""

    action: OutcomeAction
    ticket: str | None = None
    entry: int | None = None
    reason: str = ""


def email_to_ticket(
    session: Session,
    kept: RawMailValue,
    read: ReadMail,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> MailOutcome:
    """Take a kept mail; taken before, or by another mailbox of the tenant, it changes nothing."""
    copies = inbox_queries.copies_for_taking(session, kept.identity)
    earlier = _taken_earlier(copies, kept.id)
    if earlier is not None:
        outcome = _duplicate(session, kept, earlier, now=now)
    elif read.mail is None:
        outcome = _stub(session, kept, read, now=now)
    else:
        outcome = _take(session, kept, read, correspondence=correspondence, now=now)
    log.info(
        "mail taken",
        extra={"raw_mail_id": kept.id, "action": outcome.action, "reason": outcome.reason},
    )
    return outcome


def _take(
    session: Session,
    kept: RawMailValue,
    read: ReadMail,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> MailOutcome:
    known = gather(session, kept, read, correspondence=correspondence, now=now)
    decision = decide(known.facts)
    if kept.state is MailState.RELEASED:
        decision = released(decision)
    return _apply(session, known, decision, read, correspondence=correspondence, now=now)


def _apply(
    session: Session,
    known: Gathered,
    decision: Decision,
    read: ReadMail,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> MailOutcome:
    ticket_ref, ticket_id, entry_id = None, None, None
    if decision.action is MailAction.OPENED:
        written = mail_opening.open_by_mail(
            session, known, decision, files=read.files, correspondence=correspondence, now=now
        )
        ticket_ref, ticket_id, entry_id = written.ticket.ref, written.ticket.id, written.entry_id
    elif known.ticket is not None and decision.ticket_id is not None:
        written = mail_appending.append_mail(session, known, decision, files=read.files, now=now)
        ticket_ref, ticket_id, entry_id = written.ticket.ref, written.ticket.id, written.entry_id
    settled = Settled(
        state=MailState(decision.action.value),
        message_ref=known.mail.message_id.strip("<>"),
        from_email=known.mail.from_email,
        subject=known.mail.subject,
        cause=decision.reason.value,
        ticket_id=ticket_id,
        entry_id=entry_id,
        authentication={**known.kept.authentication, **read.authentication},
    )
    inbox.settle_mail(session, known.kept.id, settled, now=now)
    action = OutcomeAction(decision.action.value)
    return MailOutcome(action, ticket_ref, entry_id, decision.reason.value)


def _stub(session: Session, kept: RawMailValue, read: ReadMail, *, now: datetime) -> MailOutcome:
    """A mail that cannot be read still is a request for help: somebody will open the file."""
    written = mail_opening.open_unreadable(session, kept, files=read.files, now=now)
    settled = Settled(
        state=MailState.OPENED,
        from_email=kept.envelope_sender,
        cause=f"unreadable: {read.failure}",
        ticket_id=written.ticket.id,
        entry_id=written.entry_id,
    )
    inbox.settle_mail(session, kept.id, settled, now=now)
    return MailOutcome(
        OutcomeAction.OPENED, written.ticket.ref, written.entry_id, f"unreadable: {read.failure}"
    )


def _taken_earlier(copies: list[MailPlace], raw_mail_id: int) -> MailPlace | None:
    """The run or copy that was first: this mail itself, a taken copy, or one that came before."""
    own = next(copy for copy in copies if copy.id == raw_mail_id)
    if not is_waiting(own.state):
        return own
    if own.state is MailState.RELEASED:
        return None  # a person wants this one taken, whatever became of its copies
    others = [copy for copy in copies if copy.id != raw_mail_id]
    return next(
        (copy for copy in others if copy.ticket_id is not None or copy.id < raw_mail_id), None
    )


def _duplicate(
    session: Session, kept: RawMailValue, earlier: MailPlace, *, now: datetime
) -> MailOutcome:
    if earlier.id != kept.id:
        settled = Settled(MailState.IGNORED, cause=f"same mail as {earlier.id}")
        inbox.settle_mail(session, kept.id, settled, now=now)
    ticket = (
        tickets.ticket_state_by_id(session, earlier.ticket_id).ref if earlier.ticket_id else None
    )
    return MailOutcome(OutcomeAction.DUPLICATE, ticket, earlier.entry_id, "same_mail")
