"""What the clock starts: forgotten mail, late deadlines, tickets that nobody came back to."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.clock import utc_now
from app.deadlines.models import Deadline
from app.gateways.queue_tables import JOBS
from app.inbox.actions import TAKE_MAIL, keep_mail
from app.inbox.arrival import ArrivedMail
from app.inbox.models import RawMail
from app.inbox.states import MailState
from app.jobs.close_resolved import close_resolved
from app.jobs.find_late_deadlines import find_late_deadlines
from app.jobs.retake_mails import retake_mails
from app.tickets.actions import change_status, resolve_ticket
from app.tickets.changes import SYSTEM
from app.tickets.lifecycle import TicketStatus
from app.tickets.queries import ticket_state
from tests.cast import MONDAY
from tests.factories import a_ticket

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def test_a_mail_without_a_job_gets_one_again_and_only_one(services, database, harbour):
    mail_id = a_mail(harbour, now=utc_now() - 3 * MINUTE)
    lose_all_jobs(database)

    retake_mails(services)
    retake_mails(services)

    assert jobs(database) == [{"tenant_id": harbour.tenant_id, "raw_mail_id": mail_id}]


def test_a_mail_that_just_came_is_left_to_its_own_job(services, database, harbour):
    a_mail(harbour, now=utc_now())
    lose_all_jobs(database)

    retake_mails(services)

    assert jobs(database) == []


def test_a_mail_that_was_taken_needs_no_job(services, database, harbour):
    mail_id = a_mail(harbour, now=utc_now() - 3 * MINUTE)
    lose_all_jobs(database)
    with harbour.transaction() as session:
        session.execute(
            update(RawMail).where(RawMail.id == mail_id).values(state=MailState.IGNORED)
        )

    retake_mails(services)

    assert jobs(database) == []


@pytest.mark.parametrize(("late", "alarms"), [(59, 0), (62, 1)])
def test_a_deadline_that_is_a_minute_late_raises_an_alarm(services, harbour, caplog, late, alarms):
    a_ticket(harbour)
    with harbour.transaction() as session:
        session.execute(update(Deadline).values(due_at=utc_now() - timedelta(seconds=late)))

    with caplog.at_level(logging.ERROR):
        find_late_deadlines(services)

    assert len(caplog.records) == alarms


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (5, TicketStatus.RESOLVED),  # a weekend lies between
        (7, TicketStatus.CLOSED),
        (30, TicketStatus.CLOSED),
    ],
)
def test_a_resolved_ticket_is_closed_after_five_working_days(services, harbour, days, status):
    ticket = a_resolved_ticket(harbour)

    close_resolved(services, clock=lambda: MONDAY + days * DAY)
    close_resolved(services, clock=lambda: MONDAY + days * DAY)

    assert state(harbour, ticket).status is status


def test_a_reopened_ticket_is_not_closed(services, harbour):
    ticket = a_resolved_ticket(harbour)
    with harbour.transaction() as session:
        change_status(
            session,
            ticket.number,
            TicketStatus.IN_PROGRESS,
            author=SYSTEM,
            seen_revision=None,
            now=MONDAY + DAY,
        )

    close_resolved(services, clock=lambda: MONDAY + 30 * DAY)

    assert state(harbour, ticket).is_open


def test_old_tickets_of_every_tenant_are_closed(services, harbour, meadow):
    tickets = [(each, a_resolved_ticket(each)) for each in (harbour, meadow)]

    close_resolved(services, clock=lambda: MONDAY + 30 * DAY)

    assert {state(*each).status for each in tickets} == {TicketStatus.CLOSED}


def a_mail(tenant, *, now):
    """The id of a mail that was kept at `now`."""
    mail = ArrivedMail(
        mailbox_id=tenant.mailbox_id,
        recipient=tenant.address,
        sender="dora@client.example",
        content=b"Subject: No network\r\n\r\nSince this morning.\r\n",
        origin={},
    )
    with tenant.transaction() as session:
        return keep_mail(session, mail, now=now).id


def a_resolved_ticket(tenant):
    ticket = a_ticket(tenant)
    with tenant.transaction() as session:
        return resolve_ticket(session, ticket.number, author=SYSTEM, seen_revision=None, now=MONDAY)


def state(tenant, ticket):
    with tenant.transaction() as session:
        return ticket_state(session, ticket.number)


def lose_all_jobs(database):
    with database.across_tenants() as session:
        session.execute(delete(JOBS))


def jobs(database):
    with database.across_tenants() as session:
        return list(session.scalars(select(JOBS.c.args).where(JOBS.c.task_name == TAKE_MAIL)))
