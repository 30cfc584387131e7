"""The clocks of a ticket in the database: what is kept, what is due next, what is looked for."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.deadlines import queries
from app.deadlines.cycles import Outcome
from app.deadlines.models import Deadline
from app.deadlines.pauses import ClockKind
from app.deadlines.queries import KeptCycle
from app.tickets import actions
from app.tickets.changes import Author, NewEntry, NewPriority
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.lifecycle import TicketStatus
from app.tickets.queries import ticket_page
from app.tickets.state import TicketState
from tenants.promises.priority import Priority
from tests.cast import MONDAY, Cast
from tests.factories import a_ticket

ADA = Author(AuthorKind.OPERATOR, 1, "Ada")


def test_a_new_ticket_is_due_its_first_response_within_service_hours(ticket, harbour):
    head = the_head(harbour)

    assert head.next_due_kind == ClockKind.FIRST_RESPONSE.value
    assert head.next_due_at == MONDAY + timedelta(hours=4)
    assert outcomes(harbour, ticket) == {
        ClockKind.FIRST_RESPONSE: Outcome.RUNNING,
        ClockKind.RESOLUTION: Outcome.RUNNING,
    }


@pytest.mark.usefixtures("ticket")
def test_the_watcher_will_find_each_share_of_each_promise(harbour):
    assert thresholds(harbour, ClockKind.FIRST_RESPONSE) == [50, 75, 90, 100]
    assert thresholds(harbour, ClockKind.RESOLUTION) == [50, 75, 90, 100]


def test_a_persons_answer_meets_the_first_response_and_nothing_looks_for_it_any_more(
    ticket, harbour
):
    with harbour.transaction() as session:
        answer(session, ticket, at=minutes(20))

    assert outcomes(harbour, ticket)[ClockKind.FIRST_RESPONSE] is Outcome.MET
    assert thresholds(harbour, ClockKind.FIRST_RESPONSE) == []
    assert the_head(harbour).next_due_kind == ClockKind.RESOLUTION.value


def test_an_answer_after_the_due_time_is_a_breach(ticket, harbour):
    with harbour.transaction() as session:
        answer(session, ticket, at=MONDAY + timedelta(hours=5))

    assert outcomes(harbour, ticket)[ClockKind.FIRST_RESPONSE] is Outcome.BREACHED


def test_waiting_for_the_requester_pauses_the_solution_and_their_words_move_it_by_as_much(
    ticket, harbour
):
    with harbour.transaction() as session:
        answer(session, ticket, at=minutes(20))
    before = the_head(harbour).next_due_at
    wait(harbour, ticket, TicketStatus.WAITING_FOR_REQUESTER, at=minutes(25))
    waiting = the_head(harbour)
    with harbour.transaction() as session:
        actions.append_requester_entry(session, ticket.number, words("back"), now=minutes(45))

    assert waiting.next_due_at is None
    assert waiting.paused_reason == "waiting_for_requester"
    assert the_head(harbour).next_due_at == before + timedelta(minutes=20)


def test_waiting_for_the_partner_pauses_nothing(ticket, harbour):
    before = the_head(harbour).next_due_at

    wait(harbour, ticket, TicketStatus.WITH_PARTNER, at=minutes(5))

    assert the_head(harbour).next_due_at == before


def test_a_raised_priority_counts_anew_from_the_start_with_the_pauses(ticket, harbour):
    with harbour.transaction() as session:
        answer(session, ticket, at=minutes(20))
    wait(harbour, ticket, TicketStatus.WAITING_FOR_REQUESTER, at=minutes(25))
    wait(harbour, ticket, TicketStatus.IN_PROGRESS, at=minutes(45))
    raise_priority(harbour, ticket, Priority.P1, at=minutes(50))

    head = the_head(harbour)
    assert head.next_due_at == MONDAY + timedelta(hours=4, minutes=20)
    assert head.priority_reason == "nobody can work"


def test_a_raise_that_would_itself_be_late_begins_a_new_cycle_and_supersedes_the_old(
    ticket, harbour
):
    raise_priority(harbour, ticket, Priority.P1, at=MONDAY + timedelta(hours=6))

    resolutions = [
        each for each in kept(harbour, ticket) if each.cycle.kind is ClockKind.RESOLUTION
    ]
    assert [each.cycle.outcome for each in resolutions] == [Outcome.SUPERSEDED, Outcome.RUNNING]


def test_resolving_ends_every_clock_and_reopening_begins_only_the_solution_again(ticket, harbour):
    with harbour.transaction() as session:
        answer(session, ticket, at=minutes(20))
        actions.resolve_ticket(
            session, ticket.number, author=ADA, seen_revision=None, now=minutes(60)
        )
    resolved = the_head(harbour)
    with harbour.transaction() as session:
        actions.reopen_ticket(session, ticket.number, words("again"), now=minutes(90))

    assert (resolved.next_due_at, resolved.paused_reason) == (None, None)
    numbers = [(each.cycle.kind, each.cycle.number) for each in kept(harbour, ticket)]
    assert numbers == [
        (ClockKind.FIRST_RESPONSE, 1),
        (ClockKind.RESOLUTION, 1),
        (ClockKind.RESOLUTION, 2),
    ]
    assert outcomes(harbour, ticket)[ClockKind.FIRST_RESPONSE] is Outcome.MET


def test_a_share_that_fired_is_not_looked_for_again_after_a_pause(ticket, harbour):
    with harbour.transaction() as session:
        for row in session.scalars(select(Deadline).where(Deadline.threshold_pct == 50)):
            row.fired_at = minutes(30)
    wait(harbour, ticket, TicketStatus.WAITING_FOR_REQUESTER, at=minutes(40))
    wait(harbour, ticket, TicketStatus.IN_PROGRESS, at=minutes(50))

    assert thresholds(harbour, ClockKind.RESOLUTION) == [75, 90, 100]


def test_a_promised_time_is_a_deadline_of_its_own_that_no_pause_moves(ticket, harbour):
    until = MONDAY + timedelta(hours=2)
    with harbour.transaction() as session:
        actions.promise_time(
            session, ticket.number, until, author=ADA, seen_revision=None, now=minutes(10)
        )
    wait(harbour, ticket, TicketStatus.WAITING_FOR_REQUESTER, at=minutes(20))

    assert the_head(harbour).next_due_at == until
    assert thresholds(harbour, ClockKind.PROMISE) == [100]


def test_the_explanation_is_kept_with_the_due_time(ticket, harbour):
    resolution = next(
        each for each in kept(harbour, ticket) if each.cycle.kind is ClockKind.RESOLUTION
    )

    assert resolution.trace[0].code.value == "starts"
    assert resolution.trace[-1].code.value == "due"
    assert resolution.trace[-1].at == resolution.due_at


def test_another_tenant_sees_no_clock_of_it(ticket, meadow):
    with meadow.transaction() as session:
        assert queries.cycles_of(session, ticket.id) == []


def minutes(count: int) -> datetime:
    """`count` minutes after the ticket was opened."""
    return MONDAY + timedelta(minutes=count)


def answer(session: Session, ticket: TicketState, *, at: datetime) -> None:
    """Ada answers in public."""
    entry = NewEntry("We look at it.", ADA, Channel.DESK)
    actions.reply_to_requester(session, ticket.number, entry, seen_revision=None, now=at)


def words(text: str) -> NewEntry:
    """What the requester writes."""
    return NewEntry(text, Author(AuthorKind.REQUESTER, 1, "Dora"), Channel.MAIL)


def wait(tenant: Cast, ticket: TicketState, status: TicketStatus, *, at: datetime) -> None:
    """Move the ticket to `status`."""
    with tenant.transaction() as session:
        actions.change_status(
            session, ticket.number, status, author=ADA, seen_revision=None, now=at
        )


def raise_priority(tenant: Cast, ticket: TicketState, priority: Priority, *, at: datetime) -> None:
    """Give the ticket another priority, with a reason."""
    with tenant.transaction() as session:
        actions.change_priority(
            session,
            ticket.number,
            NewPriority(priority, "nobody can work"),
            author=ADA,
            seen_revision=None,
            now=at,
        )


def the_head(tenant: Cast):
    """The only ticket of the tenant."""
    with tenant.transaction() as session:
        return ticket_page(session, 1).head


def kept(tenant: Cast, ticket: TicketState) -> list[KeptCycle]:
    """All clocks the ticket ever had."""
    with tenant.transaction() as session:
        return queries.cycles_of(session, ticket.id)


def outcomes(tenant: Cast, ticket: TicketState) -> dict[ClockKind, Outcome]:
    """The newest outcome of each clock."""
    return {each.cycle.kind: each.cycle.outcome for each in kept(tenant, ticket)}


def thresholds(tenant: Cast, kind: ClockKind) -> list[int]:
    """The shares that the watcher still looks for."""
    with tenant.transaction() as session:
        rows = session.scalars(
            select(Deadline.threshold_pct)
            .where(Deadline.kind == kind.value, Deadline.fired_at.is_(None))
            .order_by(Deadline.threshold_pct)
        )
        return list(rows)


@pytest.fixture
def ticket(harbour: Cast) -> TicketState:
    """A P3 ticket of Harbour, opened on Monday at ten in Kyiv."""
    return a_ticket(harbour)
