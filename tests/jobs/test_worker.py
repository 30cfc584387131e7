"""Jobs are asked for in the caller's transaction and done by whoever lives."""

import signal
from contextlib import contextmanager

import psycopg
import pytest
from procrastinate.jobs import Job
from sqlalchemy import select, text

from app.clock import utc_now
from app.gateways.queue import Queue, defer, defer_each
from app.gateways.queue_state import (
    failed_jobs,
    oldest_waiting,
    queue_figures,
    run_again,
    stalled_jobs,
    workers_alive,
)
from app.jobs import ATTEMPTS, JobRefused, pause_after
from app.jobs.rescue_jobs import rescue_jobs
from app.jobs.worker import Backoff
from app.outbox.channels import OutboundStatus
from app.outbox.models import OutboundMessage
from tenants.errors import NotFound
from tests.cast import MONDAY
from tests.jobs.workers import END_S, a_worker, eventually
from tests.outbox.letters import a_letter, kept


def test_a_rollback_leaves_no_job_and_a_commit_exactly_one(database, harbour):
    with harbour.transaction() as session:
        defer(session, "take_mail", tenant_id=harbour.tenant_id, raw_mail_id=1)
        session.rollback()
    assert figures(database) == {}

    with harbour.transaction() as session:
        defer(session, "take_mail", tenant_id=harbour.tenant_id, raw_mail_id=1)
    assert figures(database) == {("default", "todo"): 1}


def test_asking_again_under_a_queueing_lock_is_one_job_and_no_error(database, harbour):
    for _time in range(3):
        with harbour.transaction() as session:
            for message_id in (1, 1):
                defer(
                    session,
                    "deliver_outbox",
                    queueing_lock="7:1",
                    tenant_id=7,
                    message_id=message_id,
                )

    assert figures(database) == {("default", "todo"): 1}


def test_many_are_asked_for_at_once(database, harbour):
    with harbour.transaction() as session:
        asked = [{"tenant_id": harbour.tenant_id, "deadline_id": n} for n in range(100)]
        defer_each(session, "deadline_fired", asked, queue=Queue.DEADLINES)
        defer_each(session, "deadline_fired", [], queue=Queue.DEADLINES)

    assert figures(database) == {("deadlines", "todo"): 100}


def test_a_failed_job_is_tried_with_growing_pauses_and_then_lies_on_the_shelf():
    backoff = Backoff(ATTEMPTS)

    decisions = [
        backoff.get_retry_decision(exception=RuntimeError(), job=a_job(attempts=attempts))
        for attempts in range(ATTEMPTS)
    ]

    waits = [round((each.retry_at - utc_now()).total_seconds()) for each in decisions[:-1]]
    assert waits == [pause_after(attempt) for attempt in range(1, ATTEMPTS)]
    assert decisions[-1] is None


def test_a_refused_job_is_not_tried_again():
    assert Backoff(ATTEMPTS).get_retry_decision(exception=JobRefused(), job=a_job()) is None


def test_a_job_that_waits_is_seen_with_its_age(database, harbour):
    with database.across_tenants() as session:
        assert oldest_waiting(session, now=utc_now()) is None
    with harbour.transaction() as session:
        defer(session, "deliver_outbox", tenant_id=harbour.tenant_id, message_id=1)

    with database.across_tenants() as session:
        assert oldest_waiting(session, now=utc_now()) is not None
        assert workers_alive(session, since=MONDAY) == 0


def test_jobs_of_a_dead_worker_go_back_in_line_until_they_have_killed_too_many(
    services, database, harbour
):
    with harbour.transaction() as session:
        defer(session, "deliver_outbox", tenant_id=harbour.tenant_id, message_id=1)
    for _death in range(ATTEMPTS - 1):
        taken_by_a_worker_that_dies(database)
        rescue_jobs(services)
        assert figures(database) == {("default", "todo"): 1}

    taken_by_a_worker_that_dies(database)
    rescue_jobs(services)

    assert figures(database) == {("default", "failed"): 1}


def test_a_rescued_job_whose_twin_waits_already_is_dropped(services, database, harbour):
    for _asked in range(2):
        with harbour.transaction() as session:
            defer(
                session,
                "deliver_outbox",
                queueing_lock="7:1",
                tenant_id=harbour.tenant_id,
                message_id=1,
            )
        taken_by_a_worker_that_dies(database, most=1 - _asked)

    rescue_jobs(services)

    assert figures(database) == {("default", "todo"): 1}


def test_a_living_worker_keeps_its_job(services, database, harbour):
    with harbour.transaction() as session:
        defer(session, "deliver_outbox", tenant_id=harbour.tenant_id, message_id=1)
    with database.across_tenants() as session:
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing', "
                "worker_id = (SELECT max(id) FROM procrastinate_workers)"
            )
        )

    rescue_jobs(services)

    assert figures(database) == {("default", "doing"): 1}
    with database.across_tenants() as session:
        assert stalled_jobs(session, silent_s=20) == []


def test_a_worker_sends_the_letters_and_shelves_a_job_without_a_tenant(config, database, harbour):
    with a_worker(config):
        message_id = a_letter(harbour)
        with harbour.transaction() as session:
            defer(session, "deliver_outbox", message_id=message_id)

        eventually(lambda: is_sent(harbour, message_id), within_s=END_S)
        (failed,) = eventually(lambda: shelf(database), within_s=END_S)

    assert failed.args == {"message_id": message_id}
    with database.across_tenants() as session:
        run_again(session, failed.id)
        assert failed_jobs(session) == []
        with pytest.raises(NotFound):
            run_again(session, failed.id)


def test_a_worker_that_is_told_to_stop_finishes_its_job_first(config, database, harbour):
    message_id = a_letter(harbour)
    with held_back(config, message_id) as let_go, a_worker(config) as worker:
        eventually(lambda: is_being_done(database), within_s=END_S)
        worker.send_signal(signal.SIGTERM)
        let_go()

        assert worker.wait(END_S) == 0

    assert kept(harbour, message_id).status is OutboundStatus.SENT
    assert not is_being_done(database)


def test_another_worker_takes_the_job_of_a_killed_one_within_a_minute(config, database, harbour):
    message_id = a_letter(harbour, now=utc_now())
    with held_back(config, message_id) as let_go, a_worker(config) as first:
        eventually(lambda: is_being_done(database), within_s=END_S)
        with a_worker(config):
            first.kill()
            let_go()

            eventually(lambda: is_sent(harbour, message_id), within_s=60)


def test_a_worker_outlives_the_loss_of_all_its_connections(config, harbour):
    with a_worker(config):
        first = a_letter(harbour)
        eventually(lambda: is_sent(harbour, first), within_s=END_S)
        with psycopg.connect(config.database_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'jobs'"
            )

        second = a_letter(harbour, idempotency_key="reply:2")
        eventually(lambda: is_sent(harbour, second), within_s=END_S)


@contextmanager
def held_back(config, message_id):
    """The message is locked, so that whoever claims it waits; `let_go()` ends that."""
    with psycopg.connect(config.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "SELECT 1 FROM outbound_messages WHERE id = %s FOR UPDATE", (message_id,)
        )
        yield connection.rollback


def taken_by_a_worker_that_dies(database, *, most=1):
    with database.across_tenants() as session:
        if most:
            session.execute(
                text("UPDATE procrastinate_jobs SET status = 'doing' WHERE status = 'todo'")
            )


def figures(database):
    with database.across_tenants() as session:
        return {(each.queue, each.status): each.jobs for each in queue_figures(session)}


def shelf(database):
    with database.across_tenants() as session:
        return failed_jobs(session)


def is_being_done(database):
    return ("mail", "doing") in figures(database)


def is_sent(tenant, message_id):
    with tenant.transaction() as session:
        status = session.scalar(
            select(OutboundMessage.status).where(OutboundMessage.id == message_id)
        )
    return status is OutboundStatus.SENT


def a_job(*, attempts=0):
    return Job(
        id=1,
        queue="default",
        task_name="deliver_outbox",
        attempts=attempts,
        lock=None,
        queueing_lock=None,
    )
