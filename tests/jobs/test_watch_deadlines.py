"""The watcher claims each deadline once, in time, and with its job in the same commit."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import psycopg
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.clock import utc_now
from app.deadlines.actions import lead_watch
from app.deadlines.models import Deadline
from app.deadlines.queries import late_deadlines
from app.gateways.queue_tables import JOBS
from app.jobs.watch_deadlines import AT_ONCE, FIRED, Watcher, watch_deadlines
from tests.cast import MONDAY
from tests.factories import a_ticket
from tests.jobs.workers import eventually

SECOND = timedelta(seconds=1)


def test_what_has_come_is_claimed_and_what_is_to_come_is_not(database, harbour):
    ticket = a_ticket(harbour)
    some_deadlines(harbour, ticket, dues=[MONDAY - SECOND, MONDAY, MONDAY + SECOND])

    claimed = Watcher(database).look(now=MONDAY)

    assert len(claimed) == 2
    assert jobs(database) == Counter((each.tenant_id, each.id) for each in claimed)


def test_two_watchers_claim_everything_and_nothing_twice(database, harbour, meadow):
    for tenant in (harbour, meadow):
        some_deadlines(tenant, a_ticket(tenant), dues=[MONDAY] * 400)
    watchers = [Watcher(database), Watcher(database)]

    def looks(watcher):
        return [each for _look in range(20) for each in watcher.look(now=MONDAY)]

    with ThreadPoolExecutor(len(watchers)) as threads:
        claimed = [each for found in threads.map(looks, watchers) for each in found]

    assert len(claimed) == len(set(claimed)) == 800
    assert jobs(database) == Counter((each.tenant_id, each.id) for each in claimed)


def test_more_than_one_commit_holds_is_claimed_in_one_look(database, harbour):
    some_deadlines(harbour, a_ticket(harbour), dues=[MONDAY] * (2 * AT_ONCE + 1))

    assert len(Watcher(database).look(now=MONDAY)) == 2 * AT_ONCE + 1


def test_a_watcher_that_does_not_lead_claims_nothing(database, harbour):
    some_deadlines(harbour, a_ticket(harbour), dues=[MONDAY])
    watcher = Watcher(database)

    with database.across_tenants() as leader:
        assert lead_watch(leader)
        assert watcher.look(now=MONDAY) == []

    assert len(watcher.look(now=MONDAY)) == 1


def test_a_claim_without_its_job_is_not_kept(database, database_url, harbour):
    some_deadlines(harbour, a_ticket(harbour), dues=[MONDAY])

    with a_queue_that_takes_nothing(database_url), pytest.raises(IntegrityError):
        Watcher(database).look(now=MONDAY)

    assert len(Watcher(database).look(now=MONDAY)) == 1


def test_a_due_time_that_was_committed_late_is_found_within_the_margin(database, harbour):
    ticket, watcher = a_ticket(harbour), Watcher(database)
    watcher.look(now=MONDAY)

    some_deadlines(harbour, ticket, dues=[MONDAY - 30 * SECOND])

    assert len(watcher.look(now=MONDAY + SECOND)) == 1


def test_a_due_time_long_before_the_mark_is_found_within_a_minute(database, harbour):
    ticks = iter((0.0, 1.0, 61.0, 61.0))  # read after a whole look, and before each later one
    ticket, watcher = a_ticket(harbour), Watcher(database, ticks=lambda: next(ticks))
    watcher.look(now=MONDAY)
    some_deadlines(harbour, ticket, dues=[MONDAY - timedelta(hours=1)])

    assert watcher.look(now=MONDAY + SECOND) == []
    assert len(watcher.look(now=MONDAY + 61 * SECOND)) == 1


def test_a_clock_that_is_set_back_and_on_again_loses_nothing(database, harbour):
    ticket, watcher = a_ticket(harbour), Watcher(database)
    watcher.look(now=MONDAY + timedelta(hours=2))

    some_deadlines(harbour, ticket, dues=[MONDAY, MONDAY + SECOND])

    assert len(watcher.look(now=MONDAY)) == 1
    assert len(watcher.look(now=MONDAY + SECOND)) == 1


def test_a_late_deadline_is_counted_until_it_is_claimed(database, harbour):
    some_deadlines(harbour, a_ticket(harbour), dues=[MONDAY])
    assert late(database, before=MONDAY) == 0
    assert late(database, before=MONDAY + SECOND) == 1

    Watcher(database).look(now=MONDAY)

    assert late(database, before=MONDAY + SECOND) == 0


def test_the_loop_looks_by_itself_until_it_is_told_to_stop(database, harbour):
    some_deadlines(harbour, a_ticket(harbour), dues=[utc_now()])
    stopping = Event()
    loop = Thread(target=watch_deadlines, args=(database, stopping))
    loop.start()

    eventually(lambda: jobs(database), within_s=10)
    stopping.set()
    loop.join(10)

    assert not loop.is_alive()


def some_deadlines(tenant, ticket, *, dues):
    """Deadlines of nothing in particular at these instants, instead of the ticket's own."""
    with tenant.transaction() as session:
        for row in session.scalars(select(Deadline).where(Deadline.ticket_id == ticket.id)):
            session.delete(row)
        rows = [
            {
                "tenant_id": tenant.tenant_id,
                "ticket_id": ticket.id,
                "kind": "resolution",
                "cycle": number,
                "threshold_pct": 100,
                "due_at": due_at,
            }
            for number, due_at in enumerate(dues, start=1)
        ]
        session.execute(insert(Deadline.__table__), rows)


@contextmanager
def a_queue_that_takes_nothing(database_url):
    """The queue's table refuses every new row meanwhile."""
    plain = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(
            "ALTER TABLE procrastinate_jobs ADD CONSTRAINT closed CHECK (false) NOT VALID"
        )
        try:
            yield
        finally:
            admin.execute("ALTER TABLE procrastinate_jobs DROP CONSTRAINT closed")


def jobs(database):
    """What jobs are about, each with how many there are."""
    with database.across_tenants() as session:
        asked = session.scalars(select(JOBS.c.args).where(JOBS.c.task_name == FIRED))
        return Counter((args["tenant_id"], args["deadline_id"]) for args in asked)


def late(database, *, before):
    with database.across_tenants() as session:
        return late_deadlines(session, before=before)
