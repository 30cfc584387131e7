"""Poison between good mails: what follows it is handled within five seconds."""

import smtplib
import time
from itertools import count

import pytest

from tests.faults.kill_run import a_running_desk
from tests.faults.running_desk import HOST, MAILBOX, wait_until
from tests.faults.sender import Sender, envelope_sender
from tests.soak.length import seconds_of

SOON_S = 5.0
WAITS = """
    SELECT count(*) FROM raw_mails
    WHERE envelope_sender = %s AND state NOT IN ('received', 'released')
"""
ALL_POISON = "SELECT count(*) FROM raw_mails WHERE envelope_sender = 'poison@client.example'"
UNSETTLED = "SELECT count(*) FROM raw_mails WHERE state IN ('received', 'released')"
FROM = b"From: poison@client.example\r\nTo: support@harbour.example\r\n"
POISON = {
    "parameters": FROM
    + b"Content-Type: text/plain"
    + b"".join(b";\r\n a%d=b" % number for number in range(100_000))
    + b"\r\n\r\nx",
    "nesting": FROM
    + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
        for level in range(1_000)
    ),
    "parts": FROM
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 50_000
    + b"--b--\r\n",
    "comments": b"From: " + b"(" * 1_000 + b")" * 1_000 + b" poison@client.example\r\n\r\nx",
    "tags": FROM + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
    "references": FROM + b"References: " + b"<x@y>\r\n " * 100_000 + b"z\r\n\r\nx",
    "repeated word": FROM + b"\r\n" + b"wrote: " * 200_000,
    "headers": FROM + b"X-A: b\r\n" * 100_000 + b"\r\nx",
    "zeros": FROM + b"Subject: \0\0\r\n\r\n" + b"\0" * 100_000,
}


def test_the_good_mail_after_each_poison_is_handled_soon(tmp_path):
    until_s = time.monotonic() + seconds_of(0.2)
    late, sent, numbers = [], 0, count()

    with a_running_desk(tmp_path / "var") as (desk, _relay):
        sender = Sender(desk.mail_port)
        while time.monotonic() < until_s or not sent:
            for name, raw in POISON.items():
                sent += poison(desk.mail_port, raw, turn=sent)
                late += [name] if took_s(desk, sender, next(numbers)) > SOON_S else []
        wait_until(lambda: desk.ask(UNSETTLED)[0][0] == 0, within_s=120)
        kept = desk.ask(ALL_POISON)[0][0]

    assert late == []
    assert kept == sent


def poison(port: int, raw: bytes, *, turn: int) -> int:
    """1 for a mail that was taken, 0 for one refused at the door. `turn` makes each another."""
    with smtplib.SMTP(HOST, port, timeout=60) as smtp:
        try:
            smtp.sendmail("poison@client.example", [MAILBOX], b"X-Turn: %d\r\n" % turn + raw)
        except smtplib.SMTPDataError as refusal:
            assert refusal.smtp_code >= 500  # noqa: PT017 - a door that says later would be a hang
            return 0
    return 1


def took_s(desk, sender: Sender, number: int) -> float:
    """The seconds until good mail `number` is a ticket or an entry; those of patience at most."""
    began_s = time.monotonic()
    sender.send_one(number)
    try:
        wait_until(lambda: desk.ask(WAITS, envelope_sender(number))[0][0], within_s=60)
    except AssertionError:
        pytest.fail(f"good mail {number} was never handled")
    return time.monotonic() - began_s
