"""Messages are claimed, sent and written down; a crash at any point sends at most one copy more."""

from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.gateways.queue_tables import JOBS
from app.jobs.deliver_outbox import TURN_AT_LATEST, deliver_outbox, send_message
from app.outbox.actions import claim_message, send_again, write_letter
from app.outbox.channels import OutboundStatus
from app.outbox.letter import Enclosure
from app.outbox.queries import next_waiting, outbox_page, overdue_messages
from app.outbox.retry import LEASE, SLOW
from app.tickets.kinds import EventKind
from app.tickets.models import TicketEvent
from tenants.brands.actions import add_sender_domain
from tenants.errors import NotFound
from tests.cast import MONDAY
from tests.factories import a_ticket
from tests.fake_mail import BUSY, REFUSED, SILENT, FakeMailer
from tests.outbox.letters import A_LETTER, a_letter, kept

MINUTE = timedelta(minutes=1)


def test_a_letter_is_sent_once_however_often_its_job_runs(services, harbour, relay):
    message_id = a_letter(harbour)

    for _run in range(3):
        send_message(services, harbour.tenant_id, message_id, now=MONDAY)

    assert [mail.subject for mail in relay.given] == ["Your question"]
    assert kept(harbour, message_id).status is OutboundStatus.SENT


def test_the_same_fact_writes_one_letter(harbour):
    first = a_letter(harbour)

    with harbour.transaction() as session:
        assert write_letter(session, A_LETTER, now=MONDAY) is None
        assert [row.id for row in outbox_page(session)] == [first]


def test_no_transaction_is_open_while_the_relay_thinks(services, harbour, relay):
    message_id = a_letter(harbour)
    seen = []
    relay.before = lambda: seen.append(kept(harbour, message_id).status)

    send_message(services, harbour.tenant_id, message_id, now=MONDAY)

    assert seen == [OutboundStatus.SENDING]


def test_a_busy_relay_is_asked_again_after_a_minute(services, harbour, relay_that):
    relay = relay_that(BUSY)
    message_id = a_letter(harbour)

    send_message(services_of(services, relay), harbour.tenant_id, message_id, now=MONDAY)
    waiting = kept(harbour, message_id)
    too_early = send_message(
        services_of(services, relay), harbour.tenant_id, message_id, now=MONDAY + MINUTE / 2
    )
    send_message(
        services_of(services, relay), harbour.tenant_id, message_id, now=MONDAY + 2 * MINUTE
    )

    assert waiting.status is OutboundStatus.PENDING
    assert waiting.last_error == "451 greylisted"
    assert not too_early
    assert kept(harbour, message_id).status is OutboundStatus.SENT
    assert len(relay.given) == 1


def test_a_refused_recipient_is_told_on_the_ticket_and_not_tried_again(
    services, harbour, relay_that
):
    ticket = a_ticket(harbour)
    message_id = a_letter(harbour, ticket_id=ticket.id)

    send_message(
        services_of(services, relay_that(REFUSED)), harbour.tenant_id, message_id, now=MONDAY
    )

    assert kept(harbour, message_id).status is OutboundStatus.UNDELIVERABLE
    assert failures_on(harbour, ticket.id) == [{"name": "dora@client.example", "again_at": None}]


def test_the_desk_hears_of_the_first_failure_and_of_the_last(services, harbour, relay_that):
    ticket = a_ticket(harbour)
    message_id = a_letter(harbour, ticket_id=ticket.id)
    tried = services_of(services, relay_that(BUSY, BUSY, BUSY, REFUSED))

    for hour in range(4):
        send_message(tried, harbour.tenant_id, message_id, now=MONDAY + timedelta(hours=hour))

    told = failures_on(harbour, ticket.id)
    assert [event["again_at"] is None for event in told] == [False, True]


def test_a_relay_that_goes_silent_twice_gets_no_third_copy(services, harbour, relay_that):
    relay = relay_that(SILENT, SILENT)
    message_id = a_letter(harbour)

    for minute in (0, 2, 20, 400):
        send_message(
            services_of(services, relay),
            harbour.tenant_id,
            message_id,
            now=MONDAY + minute * MINUTE,
        )

    assert [mail.message_ref for mail in relay.given] == [A_LETTER.message_ref] * 2
    assert kept(harbour, message_id).status is OutboundStatus.UNDELIVERABLE


def test_a_worker_killed_while_sending_leaves_one_more_copy_at_most(services, harbour, relay):
    message_id = a_letter(harbour)
    killed_while_sending(harbour, message_id, now=MONDAY)

    send_message(services, harbour.tenant_id, message_id, now=MONDAY + MINUTE)
    assert relay.given == []  # the other one may still live
    killed_while_sending(harbour, message_id, now=MONDAY + LEASE)
    send_message(services, harbour.tenant_id, message_id, now=MONDAY + 2 * LEASE)

    assert relay.given == []  # two may have left already
    assert kept(harbour, message_id).status is OutboundStatus.UNDELIVERABLE


def test_a_message_left_half_sent_is_sent_with_the_same_identity(services, harbour, relay):
    message_id = a_letter(harbour)
    killed_while_sending(harbour, message_id, now=MONDAY)

    send_message(services, harbour.tenant_id, message_id, now=MONDAY + LEASE)

    assert [mail.message_ref for mail in relay.given] == [A_LETTER.message_ref]
    assert kept(harbour, message_id).status is OutboundStatus.SENT


def test_a_slow_relay_has_two_messages_of_a_tenant_and_the_third_waits_for_a_turn(
    services, harbour, meadow
):
    first, second, third = (a_letter(harbour, idempotency_key=f"reply:{n}") for n in range(3))
    other = a_letter(meadow)
    for message_id in (first, second):
        killed_while_sending(harbour, message_id, now=MONDAY)

    later = MONDAY + SLOW

    assert not send_message(services, harbour.tenant_id, third, now=later)
    assert send_message(services, meadow.tenant_id, other, now=later)

    with harbour.transaction() as session:
        assert next_waiting(session, now=MONDAY) == third


def test_a_message_left_half_sent_keeps_a_job_while_the_relay_is_slow_with_others(
    services, database, harbour
):
    left_over, first, second = (a_letter(harbour, idempotency_key=f"reply:{n}") for n in range(3))
    killed_while_sending(harbour, left_over, now=MONDAY)
    for message_id in (first, second):
        killed_while_sending(harbour, message_id, now=MONDAY + LEASE)

    now = MONDAY + LEASE + SLOW
    assert not send_message(services, harbour.tenant_id, left_over, now=now)

    with database.across_tenants() as session:
        asked = select(JOBS.c.scheduled_at).where(JOBS.c.scheduled_at.is_not(None))
        assert session.scalars(asked).all() == [now + TURN_AT_LATEST]


def test_a_dead_workers_messages_hold_nobody_up(services, harbour, relay):
    first, second, third = (a_letter(harbour, idempotency_key=f"reply:{n}") for n in range(3))
    now = utc_now()
    for message_id in (first, second):
        killed_while_sending(harbour, message_id, now=now - SLOW)

    for rescued in (first, second):
        deliver_outbox(services, harbour.tenant_id, rescued)

    assert len(relay.given) == 1
    assert kept(harbour, third).status is OutboundStatus.SENT
    waiting = kept(harbour, first)
    assert (waiting.status, waiting.unknown_outcomes) == (OutboundStatus.PENDING, 1)
    assert waiting.next_attempt_at == now - SLOW + LEASE


def test_who_is_done_with_a_slow_relay_sends_what_waited(services, harbour, relay):
    first, second = (a_letter(harbour, idempotency_key=f"reply:{n}") for n in range(2))
    relay.before = lambda: sleep(SLOW.total_seconds())

    deliver_outbox(services, harbour.tenant_id, first)

    assert kept(harbour, second).status is OutboundStatus.SENT


def test_with_a_fast_relay_each_job_sends_its_own_message(services, harbour, relay):
    first, second = (a_letter(harbour, idempotency_key=f"reply:{n}") for n in range(2))

    deliver_outbox(services, harbour.tenant_id, first)

    assert len(relay.given) == 1
    assert kept(harbour, second).status is OutboundStatus.PENDING


def test_a_message_that_is_not_taken_is_looked_at_again_when_the_lease_is_over(
    services, database, harbour
):
    message_id = a_letter(harbour)
    killed_while_sending(harbour, message_id, now=MONDAY)

    for _run in range(3):
        send_message(services, harbour.tenant_id, message_id, now=MONDAY)

    with database.across_tenants() as session:
        asked = select(JOBS.c.scheduled_at).where(JOBS.c.scheduled_at.is_not(None))
        assert session.scalars(asked).all() == [MONDAY + LEASE]


def test_a_person_may_ask_for_one_more_try(services, harbour, relay_that):
    relay = relay_that(REFUSED)
    message_id = a_letter(harbour)
    send_message(services_of(services, relay), harbour.tenant_id, message_id, now=MONDAY)

    with harbour.transaction() as session:
        send_again(session, message_id, now=MONDAY)
    send_message(services_of(services, relay), harbour.tenant_id, message_id, now=MONDAY)

    assert kept(harbour, message_id).status is OutboundStatus.SENT
    with harbour.transaction() as session, pytest.raises(NotFound):
        send_again(session, message_id, now=MONDAY)


def test_files_travel_with_their_bytes_and_a_lost_one_is_told(services, harbour, relay):
    services.blobs.put(f"{harbour.tenant_id}/abc", b"%PDF-1.7")
    there, gone = (
        Enclosure("plan.pdf", "application/pdf", f"{harbour.tenant_id}/{key}")
        for key in ("abc", "def")
    )
    sent = a_letter(harbour, enclosures=(there,))
    lost = a_letter(harbour, enclosures=(gone,), idempotency_key="reply:2")

    for message_id in (sent, lost):
        send_message(services, harbour.tenant_id, message_id, now=MONDAY)

    assert [file.content for mail in relay.given for file in mail.files] == [b"%PDF-1.7"]
    assert kept(harbour, lost).status is OutboundStatus.UNDELIVERABLE


def test_mail_of_a_domain_with_a_key_is_signed_with_it(services, harbour, relay):
    with harbour.transaction() as session:
        add_sender_domain(session, "harbour.example", sealer=services.sealer)
    message_id = a_letter(harbour)

    send_message(services, harbour.tenant_id, message_id, now=MONDAY)

    (key,) = relay.keys
    assert key.domain == "harbour.example"
    assert key.private_key.startswith(b"-----BEGIN")


def test_messages_that_should_have_left_are_found_over_all_tenants(database, harbour, meadow):
    waiting = a_letter(harbour)
    left_over = a_letter(meadow)
    killed_while_sending(meadow, left_over, now=MONDAY)
    a_letter(harbour, idempotency_key="later", now=MONDAY + timedelta(days=1))

    with database.across_tenants() as session:
        found = overdue_messages(session, before=MONDAY + 2 * LEASE, limit=10)

    assert sorted(found) == sorted([(harbour.tenant_id, waiting), (meadow.tenant_id, left_over)])


def killed_while_sending(tenant, message_id, *, now):
    """The claim is committed, and nothing after it ever happens."""
    with tenant.transaction() as session:
        assert claim_message(session, message_id, slow_at_once=9, now=now) is not None


def failures_on(tenant, ticket_id):
    with tenant.transaction() as session:
        return session.scalars(
            select(TicketEvent.after)
            .where(
                TicketEvent.ticket_id == ticket_id,
                TicketEvent.kind == EventKind.DELIVERY_FAILED,
            )
            .order_by(TicketEvent.id)
        ).all()


def services_of(services, relay):
    return replace(services, mailer=relay)


@pytest.fixture
def relay():
    return FakeMailer()


@pytest.fixture
def relay_that():
    return FakeMailer


@pytest.fixture
def services(services, relay):
    return replace(services, mailer=relay)
