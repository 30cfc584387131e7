"""The door for mail: nothing accepted that was not kept, over SMTP and LMTP."""

import smtplib

import pytest

from app.gateways.mail_listener import MESSAGE_BYTES, MailboxPlace, MailListener
from tenants.errors import GatewayError

KNOWN = "support@harbour.example"
MAIL = b"From: olena@nordhost.example\r\nSubject: x\r\n\r\nIt broke.\r\n"


class FakeDoor:
    """Knows one recipient; can be told that the database is away, or that a defect shows."""

    def __init__(self):
        self.kept = []
        self.is_away = False
        self.fails_with = None

    def place_of(self, recipient):
        if self.is_away:
            raise GatewayError("away", permanent=False)
        return MailboxPlace(recipient, 1, 2) if recipient == KNOWN else None

    def keep(self, mail):
        if self.is_away:
            raise GatewayError("away", permanent=False)
        if self.fails_with is not None:
            raise self.fails_with
        self.kept.append(mail)


def test_a_mail_for_a_known_recipient_is_kept_with_its_envelope(door, smtp):
    smtp.sendmail("olena@nordhost.example", [KNOWN], MAIL)

    [mail] = door.kept
    assert mail.content == MAIL
    assert mail.sender == "olena@nordhost.example"
    assert mail.peer == "127.0.0.1"


def test_the_null_sender_is_an_empty_one(door, smtp):
    smtp.sendmail("", [KNOWN], MAIL)

    assert door.kept[0].sender == ""


def test_an_unknown_recipient_is_refused_for_good(smtp):
    smtp.mail("olena@nordhost.example")

    assert smtp.rcpt("nobody@harbour.example")[0] == 550


def test_a_mail_over_the_size_is_refused_before_and_after_it_came(door, smtp):
    assert smtp.mail("a@b.example", [f"SIZE={MESSAGE_BYTES + 1}"])[0] == 552

    smtp.mail("a@b.example")
    smtp.rcpt(KNOWN)
    assert smtp.data(b"x" * (MESSAGE_BYTES + 1))[0] == 552
    assert door.kept == []


def test_a_mail_of_the_largest_size_in_one_line_is_kept(door, smtp):
    smtp.sendmail("a@b.example", [KNOWN], b"x" * (MESSAGE_BYTES - 2) + b"\r\n")

    assert len(door.kept[0].content) == MESSAGE_BYTES


def test_while_the_database_is_away_the_sender_is_asked_to_try_later(door, smtp):
    smtp.mail("a@b.example")
    smtp.rcpt(KNOWN)
    door.is_away = True
    assert smtp.data(MAIL)[0] == 451
    smtp.mail("a@b.example")
    assert smtp.rcpt(KNOWN)[0] == 451

    door.is_away = False
    smtp.rset()
    smtp.sendmail("a@b.example", [KNOWN], MAIL)
    assert len(door.kept) == 1


def test_a_defect_of_ours_is_temporary_and_the_next_mail_is_taken(door, smtp):
    door.fails_with = ZeroDivisionError()
    smtp.mail("a@b.example")
    smtp.rcpt(KNOWN)
    assert smtp.data(MAIL)[0] == 451

    door.fails_with = None
    smtp.sendmail("a@b.example", [KNOWN], MAIL)
    assert len(door.kept) == 1


def test_a_mail_that_goes_in_circles_is_refused(smtp):
    smtp.mail("a@b.example")
    smtp.rcpt(KNOWN)

    assert smtp.data(b"Received: by a host\r\n" * 51 + MAIL)[0] == 554


def test_after_a_thousand_recipients_the_rest_wait_for_another_transaction(smtp):
    smtp.mail("a@b.example")
    for _ in range(1_000):
        assert smtp.rcpt(KNOWN)[0] == 250

    assert smtp.rcpt(KNOWN)[0] == 452


def test_dots_at_the_beginning_of_lines_arrive_as_they_were_sent(door, smtp):
    smtp.sendmail("a@b.example", [KNOWN], b".\r\n..\r\n.x\r\n\r\n.\r\n")

    assert door.kept[0].content == b".\r\n..\r\n.x\r\n\r\n.\r\n"


def test_an_empty_mail_ends_like_any_other(door, smtp):
    smtp.mail("a@b.example")
    smtp.rcpt(KNOWN)
    smtp.docmd("DATA")

    assert smtp.docmd(".")[0] == 250
    assert door.kept[0].content == b""


def test_lmtp_answers_once_for_each_recipient(door, listener):
    with smtplib.LMTP("127.0.0.1", listener.port) as lmtp:
        lmtp.ehlo()
        lmtp.mail("a@b.example")
        lmtp.rcpt(KNOWN)
        lmtp.rcpt(KNOWN)
        lmtp.docmd("DATA")
        lmtp.send(MAIL + b".\r\n")

        assert [lmtp.getreply()[0], lmtp.getreply()[0]] == [250, 250]
    assert len(door.kept) == 1


def test_three_million_short_lines_hold_nobody_up(door, smtp):
    smtp.sendmail("a@b.example", [KNOWN], b"a\r\n" * 3_000_000)

    assert len(door.kept[0].content) == 9_000_000


@pytest.fixture
def door():
    return FakeDoor()


@pytest.fixture
def listener(door):
    listener = MailListener(door, host="127.0.0.1", port=0, greeting="desk.example")
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def smtp(listener):
    with smtplib.SMTP("127.0.0.1", listener.port) as smtp:
        smtp.ehlo()
        yield smtp
