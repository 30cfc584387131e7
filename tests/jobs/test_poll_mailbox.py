"""Mail is fetched from mailboxes elsewhere: kept, committed, then flagged."""

import pytest
from sqlalchemy import update

from app.gateways.imap_mailbox import ImapMailboxes
from app.inbox.models import RawMail
from app.jobs.poll_mailbox import MOST_AT_ONCE, Poller
from tenants.brands.actions import ImapAccess, add_polled_mailbox
from tenants.brands.models import Mailbox
from tenants.brands.queries import mailbox
from tenants.sealing import Sealer
from tests.gateways.imap_server import Folder, ImapServer
from tests.journeys.mails import a_mail, count

ADDRESS = "desk@harbour.example"


def test_new_mail_is_kept_and_flagged(harbour, poll, folder):
    folder.put(a_mail(), a_mail())

    poll()

    assert count(harbour, RawMail) == 2
    assert folder.seen == {1, 2}


def test_what_was_taken_is_not_fetched_again(harbour, poll, folder):
    folder.put(a_mail())
    poll()

    assert poll() == 0
    assert count(harbour, RawMail) == 1


def test_a_mail_that_was_kept_but_not_flagged_is_one_mail(harbour, poll, folder):
    folder.put(a_mail())
    poll()
    folder.seen.clear()  # the poller died between the commit and the flag

    poll()

    assert count(harbour, RawMail) == 1
    assert folder.seen == {1}


def test_another_validity_imports_nothing_twice_and_loses_nothing(harbour, poll, folder):
    folder.put(a_mail(), a_mail())
    poll()
    folder.renumber()
    folder.put(a_mail())
    folder.seen.clear()

    poll()

    assert count(harbour, RawMail) == 3


def test_a_server_that_drops_in_the_middle_loses_nothing(harbour, poll, folder, box):
    folder.put(a_mail(), a_mail(), a_mail())
    folder.drops_at = 2

    poll()
    assert count(harbour, RawMail) == 1
    assert "failed" in box().last_error
    poll()

    assert count(harbour, RawMail) == 3
    assert box().last_error is None


def test_a_full_folder_is_worked_off_one_mail_at_a_time(harbour, poll, folder):
    folder.put(*(a_mail() for _ in range(MOST_AT_ONCE + 3)))

    assert poll() == MOST_AT_ONCE
    assert poll() == 3
    assert folder.largest_fetch == 1
    assert count(harbour, RawMail) == MOST_AT_ONCE + 3


def test_a_refused_sign_in_is_noted_for_people(poll, folder, box):
    folder.password = "another"

    assert poll() == 0
    assert "refuses the sign-in" in box().last_error


@pytest.fixture
def folder():
    return Folder()


@pytest.fixture
def server(folder):
    with ImapServer(folder) as server:
        yield server
        server.shutdown()


@pytest.fixture
def mailbox_id(harbour, server, sealer):
    access = ImapAccess("imap.harbour.example", "desk", "correct", port=server.port)
    with harbour.transaction() as session:
        added = add_polled_mailbox(session, harbour.brand_id, ADDRESS, access, sealer=sealer)
        session.execute(update(Mailbox).where(Mailbox.id == added).values(imap_host="127.0.0.1"))
    return added


@pytest.fixture
def sealer():
    return Sealer([bytes(32)])


@pytest.fixture
def poll(harbour, mailbox_id, sealer):
    poller = Poller(harbour.database, sealer, ImapMailboxes(use_tls=False))
    return lambda: poller.poll(harbour.tenant_id, mailbox_id)


@pytest.fixture
def box(harbour, mailbox_id):
    def now():
        with harbour.transaction() as session:
            return mailbox(session, mailbox_id)

    return now
