"""A request for help → a ticket, its usage and the automatic first answer.

The common opening: mail, form and telephone come here once they know who asks for what.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.correspondence import Addressee, Correspondence, Thread, letter_about
from app.flows.first_answer import Answered, first_answer
from app.inbox.brakes import COUNTED_OVER, AnswerSent, Brake, brake_on_answer
from app.outbox.actions import write_letter
from app.outbox.queries import automatic_answers
from app.tickets import actions
from app.tickets.actions import Written
from app.tickets.changes import Change, NewTicket
from app.tickets.kinds import EventKind
from app.tickets.state import TicketState
from billing.actions import record_usage
from billing.meters import Meter
from tenants.brands.brand import Brand
from tenants.promises.service_hours import WorkCalendar


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way in.

    `answer_to`: who gets the automatic answer; None: nobody. `answers`: Message-ID of the request,
    or "". `is_own_mailbox`: whether that address is a mailbox of this installation.
    """

    ticket: NewTicket
    brand: Brand
    hours: WorkCalendar
    answer_to: Addressee | None
    answers: str = ""
    is_own_mailbox: bool = False


def request_to_ticket(
    session: Session, asked: Asked, *, correspondence: Correspondence, now: datetime
) -> Written:
    """Open the ticket, count it, and write the first answer unless a brake holds it."""
    brake = _brake(session, asked, now=now)
    written = actions.open_ticket(session, asked.ticket, now=now)
    count_ticket(session, written.ticket, now=now)
    if brake is not None:
        held = Change(EventKind.AUTOMATIC_ANSWER_HELD, after={"cause": brake.value})
        ticket = actions.record_event(session, written.ticket.number, held, now=now)
        return replace(written, ticket=ticket)
    if asked.answer_to is not None:
        _answer(session, written, asked, correspondence=correspondence, now=now)
    return written


def count_ticket(session: Session, ticket: TicketState, *, now: datetime) -> None:
    """Write the usage of a ticket down, once."""
    record_usage(
        session,
        meter=Meter.TICKETS,
        event_key=f"ticket:{ticket.id}",
        occurred_at=now,
        quantity=1,
        ref_type="ticket",
        ref_id=ticket.id,
        rule="created by a client",
    )


def _brake(session: Session, asked: Asked, *, now: datetime) -> Brake | None:
    """Asked before the ticket is opened: its number locks the tenant's series."""
    if asked.answer_to is None:
        return None
    sent = automatic_answers(session, asked.answer_to.email, now - COUNTED_OVER)
    earlier = [AnswerSent(at, subject) for at, subject in sent]
    return brake_on_answer(
        asked.ticket.subject, earlier, is_own_mailbox=asked.is_own_mailbox, now=now
    )


def _answer(
    session: Session,
    written: Written,
    asked: Asked,
    *,
    correspondence: Correspondence,
    now: datetime,
) -> None:
    """The answer is kept on the ticket, where the desk sees what was promised, and sent."""
    assert asked.answer_to is not None  # noqa: S101 - asked by the caller
    ticket = written.ticket
    words = first_answer(
        Answered(
            ticket=ticket,
            brand=asked.brand,
            hours=asked.hours,
            requester_name=asked.answer_to.name,
            language=asked.answer_to.language,
            page=correspondence.request_page(asked.brand, ticket),
            promised_at=written.promised_at,
        ),
        now=now,
    )
    entry_id = actions.keep_automatic_answer(
        session, ticket, words.kept_text, author_name=asked.brand.name, now=now
    )
    thread = Thread(ticket, entry_id, answers=asked.answers)
    letter = letter_about(
        thread, asked.answer_to, words.mail, brand=asked.brand, correspondence=correspondence
    )
    write_letter(
        session,
        replace(
            letter,
            purpose="acknowledgement",
            idempotency_key=f"acknowledgement:{ticket.id}",
            is_automatic=True,
        ),
        now=now,
    )
