"""Who dies when, on the way of a mail from the door to its ticket; the listener really runs."""

import hashlib
import os
import signal
import smtplib
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.flows.email_to_ticket import OutcomeAction
from app.gateways.mail_listener import MailListener
from app.inbox.models import RawMail
from app.jobs.mail_door import MailDoor
from app.tickets.models import Ticket
from billing.models import UsageEntry
from config import child_environment
from tenants.database import Database
from tenants.errors import GatewayError
from tests.jobs.workers import eventually
from tests.journeys.mails import OLENA, a_mail, a_post, count, letters, new_parsing, page_of

ROOT = Path(__file__).parents[2]
HARBOUR = "support@harbour.example"


def test_killed_after_the_last_dot_before_its_answer_a_retry_makes_exactly_one(harbour, listening):
    raw = a_mail()
    with listening() as process:
        send_without_waiting(process.port, raw)
        process.kill()

    with listening() as process:
        deliver(process.port, raw)

    assert count(harbour, RawMail) == 1


def test_killed_after_its_answer_the_mail_is_there(harbour, listening, post):
    raw = a_mail()
    with listening() as process:
        deliver(process.port, raw)
        process.kill()

    assert count(harbour, RawMail) == 1
    assert post.send(raw, HARBOUR).action is OutcomeAction.OPENED


def test_a_retry_after_the_commit_is_the_same_mail_ticket_and_answer(harbour, listening, post):
    raw = a_mail()
    with listening() as process:
        deliver(process.port, raw)
        deliver(process.port, raw)

    post.send(raw, HARBOUR)
    post.send(raw, HARBOUR)

    assert [count(harbour, model) for model in (RawMail, Ticket, UsageEntry)] == [1, 1, 1]
    assert len(letters(harbour)) == 1


def test_a_listener_that_is_told_to_stop_ends_by_itself(listening):
    with listening() as process:
        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0


def test_while_the_database_is_away_the_answer_is_to_try_later():
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", secret="x" * 32)
    listener = MailListener(MailDoor(away), host="127.0.0.1", port=0, greeting="desk.example")
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port) as smtp:
            smtp.ehlo()
            smtp.mail(OLENA)

            assert smtp.rcpt(HARBOUR)[0] == 451
    finally:
        listener.stop()
        away.dispose()


def test_killed_between_the_files_and_the_commit_the_next_run_makes_one_ticket(harbour, post):
    [(tenant_id, kept)] = post.bring(a_mail(files={"log.txt": b"42"}), HARBOUR)
    dying = replace(post.taker, clock=a_death)
    with pytest.raises(GatewayError):
        dying.take(tenant_id, kept.id)
    assert count(harbour, Ticket) == 0

    outcome = post.taker.take(tenant_id, kept.id)

    [file] = page_of(harbour, outcome.ticket).entries[0].files
    assert post.taker.blobs.get(f"{harbour.tenant_id}/{file_digest(b'42')}") == b"42"
    assert file.size == 2
    assert count(harbour, UsageEntry) == 1


def test_a_parsing_child_that_is_killed_costs_a_try_and_no_mail(harbour, database, tmp_path):
    parsing = new_parsing()
    post = a_post(database, tmp_path, parsing)
    post.send(a_mail(), HARBOUR)
    child = parsing._places.queue[0]._process  # noqa: SLF001 - whom to kill
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    outcome = post.send(a_mail(subject="Another"), HARBOUR)

    parsing.close()
    assert page_of(harbour, outcome.ticket).head.subject == "Another"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        b"\r\r\r\n\n\r",
        b"Subject: no sender\r\n\r\nx",
        b"From: a@b.example\r\nFrom: c@d.example\r\nSubject: two\r\n\r\nx",
        b"From: undisclosed:;\r\nSubject: a group\r\n\r\nx",
        b"From: a@b.example\r\nSubject: \xff\xfe\0 \xed\xa0\x80\r\n\r\n\xff\0\xed\xa0\x80",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\x80\x81",
        b"From: a@b.example\r\nDate: Thu, 32 Foo 9999 99:99:99 +9999\r\n\r\nx",
        b"From: a@b.example\r\nReferences: " + b"<x@y> " * 10_000 + b"\r\n\r\nx",
        b"From: a@b.example\r\nCc: " + b"support@harbour.example, " * 10_000 + b"\r\n\r\nx",
        b"From: a@b.example\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\nx",
        b"From: a@b.example\r\nX-A: " + b"b" * 1_000_000 + b"\r\n\r\nx",
        b"From: a@b.example\r\n"
        + b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
            for level in range(1_000)
        ),
        b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64",
    ],
    ids=[
        *("empty", "nul", "lone line ends", "no sender", "two senders", "group", "surrogates"),
        *("charset", "date", "references", "cc", "headers", "header", "nesting", "tags", "base64"),
    ],
)
def test_a_poisoned_mail_harms_only_itself(harbour, post, raw):
    poisoned = post.send(raw, HARBOUR)

    assert poisoned.action in {OutcomeAction.OPENED, OutcomeAction.HELD}
    assert len(letters(harbour)) <= 1
    assert post.send(a_mail(), HARBOUR).action is OutcomeAction.OPENED


def a_death():
    raise GatewayError("killed", permanent=False)


def file_digest(content):
    return hashlib.sha256(content).hexdigest()


def deliver(port, raw):
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as smtp:
        smtp.sendmail(OLENA, [HARBOUR], raw)


def send_without_waiting(port, raw):
    """Say everything up to the last dot, and hear no answer to it."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as smtp:
        smtp.ehlo()
        smtp.mail(OLENA)
        smtp.rcpt(HARBOUR)
        smtp.docmd("DATA")
        smtp.send(raw.replace(b"\n", b"\r\n") + b"\r\n.\r\n")
        smtp.sock.close()
        smtp.sock = None


@pytest.fixture
def parsing():
    pool = new_parsing()
    yield pool
    pool.close()


@pytest.fixture
def post(database, tmp_path, parsing):
    return a_post(database, tmp_path / "blobs", parsing)


@pytest.fixture
def listening(harbour, config):
    """`with listening() as process:` runs `flask mail`; `process.port` takes mail."""

    @contextmanager
    def run():
        port = a_free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "mail"],
            cwd=ROOT,
            env=child_environment(
                APP_ENV="test",
                SECRET_KEY=config.secret_key,
                ENCRYPTION_KEYS=" ".join(key.hex() for key in config.encryption_keys),
                DATABASE_URL=config.database_url,
                VAR_DIR=str(config.var),
                PUBLIC_BASE_URL=config.public_base_url,
                MAIL_LISTEN=f"127.0.0.1:{port}",
            ),
        )
        process.port = port
        try:
            eventually(lambda: answers(port), within_s=30)
            yield process
        finally:
            process.kill()
            process.wait()

    return run


def a_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
