"""What a deadline that came leaves in the history of its ticket."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.deadlines.actions import claim_due
from app.deadlines.models import ClockCycle, Deadline
from app.deadlines.pauses import ClockKind
from app.flows.deadline_to_event import deadline_to_event
from app.tickets.actions import resolve_ticket, take_ticket
from app.tickets.changes import Author
from app.tickets.kinds import AuthorKind, EventKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.models import TicketEvent
from tests.cast import MONDAY
from tests.factories import a_ticket

ADA = Author(AuthorKind.OPERATOR, 1, "Ada")
SECOND = timedelta(seconds=1)
LONG_AGO = MONDAY - timedelta(days=365)
RESOLUTION = ClockKind.RESOLUTION
WARNED, BREACHED = EventKind.DEADLINE_WARNED, EventKind.DEADLINE_BREACHED


@pytest.mark.parametrize("percent", [50, 75, 90])
def test_a_share_that_is_used_up_is_warned_of_with_its_clock_and_share(database, harbour, percent):
    ticket = a_ticket(harbour)

    fire(database, harbour, percent)

    assert history(harbour, ticket) == [
        (WARNED, {"clock": "resolution", "cycle": 1, "threshold_pct": percent})
    ]
    assert breached_at(harbour, ticket) is None


def test_a_whole_target_that_is_used_up_is_a_breach_at_its_due_time(database, harbour):
    ticket = a_ticket(harbour)

    due_at = fire(database, harbour, 100)

    assert history(harbour, ticket) == [(BREACHED, {"clock": "resolution", "cycle": 1})]
    assert breached_at(harbour, ticket) == due_at


@pytest.mark.parametrize("percent", [50, 100])
def test_the_same_deadline_again_changes_nothing(database, harbour, percent):
    ticket = a_ticket(harbour)
    fire(database, harbour, percent)
    before = history(harbour, ticket), breached_at(harbour, ticket)

    assert record(harbour, the_deadline(harbour, percent)) is None
    assert (history(harbour, ticket), breached_at(harbour, ticket)) == before


def test_a_deadline_that_nobody_claimed_means_nothing(harbour):
    ticket = a_ticket(harbour)

    assert record(harbour, the_deadline(harbour, 100)) is None
    assert record(harbour, -1) is None
    assert history(harbour, ticket) == []


def test_a_clock_that_was_stopped_in_time_is_not_warned_of(database, harbour):
    ticket = a_ticket(harbour)
    claimed = claim(database, harbour, 50)
    resolve(harbour, ticket, now=MONDAY + SECOND)

    assert record(harbour, claimed) is None
    assert history(harbour, ticket) == []


def test_a_clock_that_was_stopped_too_late_is_a_breach_all_the_same(database, harbour):
    ticket = a_ticket(harbour)
    claimed = claim(database, harbour, 100)
    resolve(harbour, ticket, now=due(harbour, 100) + SECOND)

    record(harbour, claimed)

    assert history(harbour, ticket) == [(BREACHED, {"clock": "resolution", "cycle": 1})]


def test_a_warning_does_not_stop_somebody_who_is_at_the_ticket(database, harbour):
    ticket = a_ticket(harbour)
    fire(database, harbour, 50)

    with harbour.transaction() as session:
        seen = ticket.revision
        taken = take_ticket(session, ticket.number, author=ADA, seen_revision=seen, now=MONDAY)

    assert taken.revision == seen + 1


def test_nobody_else_hears_of_it(database, harbour, meadow):
    ours, theirs = a_ticket(harbour), a_ticket(meadow)

    fire(database, harbour, 100)

    assert history(harbour, ours)
    assert history(meadow, theirs) == []


def fire(database, tenant, percent):
    """The due time of the resolution's deadline at `percent`, which has come and is recorded."""
    record(tenant, claim(database, tenant, percent))
    return due(tenant, percent)


def claim(database, tenant, percent):
    with database.across_tenants() as session:
        claim_due(session, now=due(tenant, percent), after=LONG_AGO, limit=100)
    return the_deadline(tenant, percent)


def record(tenant, deadline_id):
    with tenant.transaction() as session:
        return deadline_to_event(session, deadline_id, now=MONDAY)


def due(tenant, percent):
    return row(tenant, percent).due_at


def the_deadline(tenant, percent):
    return row(tenant, percent).id


def row(tenant, percent):
    with tenant.transaction() as session:
        return session.scalars(
            select(Deadline).where(
                Deadline.kind == RESOLUTION.value, Deadline.threshold_pct == percent
            )
        ).one()


def history(tenant, ticket):
    """The clocks' lines of a ticket's history."""
    with tenant.transaction() as session:
        events = session.scalars(
            select(TicketEvent)
            .where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind.in_([WARNED, BREACHED]))
            .order_by(TicketEvent.id)
        )
        return [(event.kind, event.after) for event in events]


def breached_at(tenant, ticket):
    with tenant.transaction() as session:
        return session.scalar(
            select(ClockCycle.breached_at).where(
                ClockCycle.ticket_id == ticket.id, ClockCycle.kind == RESOLUTION.value
            )
        )


def resolve(tenant, ticket, *, now):
    with tenant.transaction() as session:
        state = resolve_ticket(session, ticket.number, author=ADA, seen_revision=None, now=now)
    assert state.status is TicketStatus.RESOLVED
