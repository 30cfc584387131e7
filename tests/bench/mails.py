"""Mail over SMTP into a running listener, to tickets and queued answers by running jobs."""

import contextlib
import smtplib
import threading
import time
from collections.abc import Callable, Mapping

import psycopg

from app.commands.serve import JOB_WORKERS
from tests.bench import servers
from tests.bench.browser import HOST, Browser, expect
from tests.bench.figures import Baseline, Figure, Limit
from tests.bench.filling import Filled

MAILS, SENDERS = 600, 4
WAIT_S = 120.0
LOOK_S = 0.02
INSERTS = 400
ANSWERED = """
SELECT count(*) FROM outbound_messages WHERE is_automatic AND recipient LIKE 'sender%'
"""
MAIL = """\
From: {name} <{address}>\r
To: {mailbox}\r
Subject: The lift does not come, {number}\r
Date: Sat, 28 Nov 2026 10:00:00 +0200\r
Message-ID: <bench-{number}@client.example>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
Good morning,\r
\r
the lift stands on the third floor since eight o'clock and does not come. Number {number}.\r
\r
-- \r
{name}\r
"""


def mail_figures(
    url: str, settings: Mapping[str, str], anchor: int, filled: Filled
) -> list[Figure]:
    """Mails a second; `url`: the superuser's; `settings`: of our processes; `anchor`: its port."""
    inserts = Baseline("bare inserts", _inserts_per_s(anchor))
    port = servers.free_port()
    listening = {**settings, "MAIL_LISTEN": f"{HOST}:{port}"}
    with contextlib.ExitStack() as running:
        mail = running.enter_context(servers.command(listening, "mail"))
        for _ in range(JOB_WORKERS):
            running.enter_context(servers.command(listening, "jobs"))
        servers.wait_for(port, mail)
        _whole_way(url, port, filled, range(SENDERS))  # starts the children that parse
        kept, answered = _whole_way(url, port, filled, range(SENDERS, SENDERS + MAILS))
    return [
        Figure("bare inserts", inserts.value, "1/s"),
        Figure("mails kept over SMTP", MAILS / kept, "1/s", inserts),
        Figure(
            "mails to ticket and queued answer",
            MAILS / answered,
            "1/s",
            inserts,
            Limit(60, at_least=True),
        ),
    ]


def _whole_way(url: str, port: int, filled: Filled, numbers: range) -> tuple[float, float]:
    """Seconds until all were taken with a 250, and until all were answered."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        before = _answered(connection)
        began_s = time.monotonic()
        _in_threads(lambda part: _send(port, filled, numbers[part::SENDERS]))
        kept_s = time.monotonic() - began_s
        while _answered(connection) < before + len(numbers):
            assert time.monotonic() - began_s < WAIT_S, "mails stay without an answer"
            time.sleep(LOOK_S)
        return kept_s, time.monotonic() - began_s


def _send(port: int, filled: Filled, numbers: range) -> None:
    """Each from somebody else: who writes too often is not answered."""
    with smtplib.SMTP(HOST, port) as smtp:
        for number in numbers:
            mailbox = filled.tenants[number % len(filled.tenants)].address
            address = f"sender{number}@client.example"
            mail = MAIL.format(name="Olena", address=address, mailbox=mailbox, number=number)
            smtp.sendmail(address, [mailbox], mail.encode())


def _inserts_per_s(anchor: int) -> float:
    browsers = [Browser(anchor) for _ in range(SENDERS)]
    began_s = time.monotonic()
    _in_threads(
        lambda part: [expect(browsers[part].post("/rows", {})) for _ in range(INSERTS // SENDERS)]
    )
    return INSERTS / (time.monotonic() - began_s)


def _in_threads(work: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=work, args=(part,)) for part in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _answered(connection: psycopg.Connection) -> int:
    row = connection.execute(ANSWERED).fetchone()
    assert row is not None
    return int(row[0])
