"""Every change of a ticket: history, revision, clocks, and the stop for a stale write."""

from datetime import timedelta

import pytest

from app.tickets import actions, queries
from app.tickets.changes import Author, NewEntry, NewPriority, NewTicket
from app.tickets.kinds import AuthorKind, Channel, EventKind, LinkKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.queue_order import QueueView
from app.tickets.stale import Stale
from tenants.clients.actions import NewRequester, add_requester
from tenants.errors import NotFound, Refused
from tenants.promises.priority import Priority
from tests.cast import MONDAY

ADA = Author(AuthorKind.OPERATOR, 7, "Ada")
LATER = MONDAY + timedelta(minutes=5)


def test_numbers_count_from_one_in_each_tenant(harbour, meadow):
    numbers = [a_ticket(harbour).number, a_ticket(harbour).number, a_ticket(meadow).number]

    assert numbers == [1, 2, 1]


def test_a_new_ticket_shows_its_nearest_deadline(harbour):
    ticket = a_ticket(harbour)

    head = page(harbour, ticket.number).head
    assert head.next_due_kind == "first_response"
    assert head.next_due_at > MONDAY


def test_taking_a_new_ticket_assigns_it_and_begins_work(harbour):
    ticket = a_ticket(harbour)

    with harbour.transaction() as session:
        taken = actions.take_ticket(session, ticket.number, author=ADA, seen_revision=1, now=LATER)

    assert (taken.assignee_id, taken.status) == (7, TicketStatus.IN_PROGRESS)
    assert events(harbour, ticket.number)[1:] == [EventKind.ASSIGNED, EventKind.STATUS_CHANGED]


def test_a_write_that_saw_an_older_revision_stops_and_says_what_is_new(harbour):
    ticket = a_ticket(harbour)
    add_words(harbour, ticket.number, "There is more.")

    with pytest.raises(Stale) as stop, harbour.transaction() as session:
        actions.resolve_ticket(session, ticket.number, author=ADA, seen_revision=1, now=LATER)

    assert [news.text for news in stop.value.news] == ["There is more."]
    assert page(harbour, ticket.number).head.status is TicketStatus.NEW


def test_a_persons_answer_meets_the_first_response(harbour):
    ticket = a_ticket(harbour)

    with harbour.transaction() as session:
        answer(session, ticket.number, "We are on it.")

    head = page(harbour, ticket.number).head
    assert head.first_answered_at == LATER
    assert head.next_due_kind == "resolution"


def test_an_empty_answer_is_refused(harbour):
    ticket = a_ticket(harbour)

    with pytest.raises(Refused), harbour.transaction() as session:
        answer(session, ticket.number, "  ")


def test_waiting_for_the_requester_pauses_the_clock_and_says_why(harbour):
    ticket = a_ticket(harbour)
    with harbour.transaction() as session:
        answer(session, ticket.number, "Which server?")
        move(session, ticket.number, TicketStatus.WAITING_FOR_REQUESTER)

    head = page(harbour, ticket.number).head
    assert head.next_due_at is None
    assert head.paused_reason == "waiting_for_requester"


def test_waiting_for_the_partner_pauses_nothing(harbour):
    ticket = a_ticket(harbour)
    with harbour.transaction() as session:
        move(session, ticket.number, TicketStatus.WITH_PARTNER)

    assert page(harbour, ticket.number).head.next_due_at is not None


def test_a_priority_changes_only_with_a_reason_that_is_kept(harbour):
    ticket = a_ticket(harbour)

    with pytest.raises(Refused), harbour.transaction() as session:
        change_priority(session, ticket.number, NewPriority(Priority.P1, " "))
    with harbour.transaction() as session:
        change_priority(session, ticket.number, NewPriority(Priority.P1, "All are down."))

    head = page(harbour, ticket.number).head
    assert (head.priority, head.priority_reason) == (Priority.P1, "All are down.")


@pytest.mark.parametrize("wanted", [TicketStatus.NEW, TicketStatus.CLOSED])
def test_a_way_that_the_life_cycle_does_not_know_is_refused(harbour, wanted):
    ticket = a_ticket(harbour)

    with pytest.raises(Refused), harbour.transaction() as session:
        move(session, ticket.number, wanted)


def test_a_ticket_of_another_tenant_is_not_there(harbour, meadow):
    ticket = a_ticket(harbour)

    with pytest.raises(NotFound), meadow.transaction() as session:
        actions.resolve_ticket(session, ticket.number, author=ADA, seen_revision=None, now=LATER)


def test_a_link_is_seen_from_both_ends_and_made_once(harbour):
    first, second = a_ticket(harbour), a_ticket(harbour)
    with harbour.transaction() as session:
        for _ in range(2):
            actions.link_tickets(session, second.number, first, LinkKind.RELATED, now=LATER)

    assert [link.ref for link in page(harbour, first.number).links] == [second.ref]
    assert [link.ref for link in page(harbour, second.number).links] == [first.ref]


def test_the_queue_holds_the_tickets_of_the_assigned_tenants_only(harbour, meadow):
    ours, theirs = a_ticket(harbour), a_ticket(meadow)

    assert refs(harbour, [harbour.tenant_id]) == [ours.ref]
    assert refs(harbour, [harbour.tenant_id, meadow.tenant_id]) == [ours.ref, theirs.ref]
    assert refs(harbour, []) == []


def test_the_next_page_of_the_queue_begins_where_the_last_ended(harbour):
    tickets = [a_ticket(harbour) for _ in range(5)]

    with harbour.database.desk_reading([harbour.tenant_id]) as session:
        first = queries.desk_queue(session, QueueView.DUE, user_id=7, limit=2)
        place = first[-1].place(QueueView.DUE)
        rest = queries.desk_queue(session, QueueView.DUE, user_id=7, after=place)

    assert [row.number for row in (*first, *rest)] == [each.number for each in tickets]


def test_a_paused_ticket_comes_after_those_that_are_due_and_pages_reach_it(harbour):
    paused, due = a_ticket(harbour), a_ticket(harbour)
    with harbour.transaction() as session:
        answer(session, paused.number, "Which server?")
        move(session, paused.number, TicketStatus.WAITING_FOR_REQUESTER)

    with harbour.database.desk_reading([harbour.tenant_id]) as session:
        [first] = queries.desk_queue(session, QueueView.DUE, user_id=7, limit=1)
        place = first.place(QueueView.DUE)
        [second] = queries.desk_queue(session, QueueView.DUE, user_id=7, after=place)
        last = second.place(QueueView.DUE)
        assert queries.desk_queue(session, QueueView.DUE, user_id=7, after=last) == []

    assert (first.number, second.number) == (due.number, paused.number)


def test_mine_and_new_are_views_of_the_same_queue(harbour):
    taken, fresh = a_ticket(harbour), a_ticket(harbour)
    with harbour.transaction() as session:
        actions.take_ticket(session, taken.number, author=ADA, seen_revision=1, now=LATER)

    assert refs(harbour, [harbour.tenant_id], QueueView.MINE) == [taken.ref]
    assert refs(harbour, [harbour.tenant_id], QueueView.NEW) == [fresh.ref]


def a_ticket(tenant):
    with tenant.transaction() as session:
        asker = add_requester(session, NewRequester("Olena", "olena@nordhost.example"), now=MONDAY)
        request = NewTicket(
            brand_id=tenant.brand_id,
            prefix=tenant.prefix,
            requester_id=asker.id,
            subject="It broke",
            entry=NewEntry(
                "It broke.", Author(AuthorKind.REQUESTER, asker.id, "Olena"), Channel.WEB
            ),
            language="en",
        )
        return actions.open_ticket(session, request, now=MONDAY).ticket


def add_words(tenant, number, text):
    with tenant.transaction() as session:
        entry = NewEntry(text, Author(AuthorKind.REQUESTER, 1, "Olena"), Channel.MAIL)
        actions.append_requester_entry(session, number, entry, now=LATER)


def answer(session, number, text):
    entry = NewEntry(text, ADA, Channel.DESK)
    actions.reply_to_requester(session, number, entry, seen_revision=1, now=LATER)


def move(session, number, status):
    actions.change_status(session, number, status, author=ADA, seen_revision=None, now=LATER)


def change_priority(session, number, wanted):
    actions.change_priority(session, number, wanted, author=ADA, seen_revision=None, now=LATER)


def page(tenant, number):
    with tenant.transaction() as session:
        return queries.ticket_page(session, number)


def events(tenant, number):
    return [item.kind for item in page(tenant, number).timeline if hasattr(item, "after")]


def refs(tenant, tenant_ids, view=QueueView.DUE):
    with tenant.database.desk_reading(tenant_ids) as session:
        return [row.ref for row in queries.desk_queue(session, view, user_id=7)]
