import pytest

from app.inbox.bounces import is_hard
from app.inbox.mail import BounceAction
from app.inbox.parsing import parse_mail

DAEMON = "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\n\n"


@pytest.mark.parametrize(
    ("words", "address", "hard"),
    [
        (
            "Hi. This is the qmail-send program at x.\n\n<gone@x.org>:\nNo mailbox. (#5.1.1)\n",
            "gone@x.org",
            True,
        ),
        (
            (
                "A message could not be delivered. The following address(es) failed:\n\n"
                "  gone@x.org\n    550 Unrouteable address\n"
            ),
            "gone@x.org",
            True,
        ),
        (
            (
                "Delivery has failed to these recipients or groups:\n\ngone@x.org\n"
                "#550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\n"
            ),
            "gone@x.org",
            True,
        ),
        (
            (
                "I'm sorry to have to inform you that your message could not be delivered.\n\n"
                "<full@x.org>: host mx.x.org said: 452 4.2.2 Mailbox full\n"
            ),
            "full@x.org",
            False,
        ),
        (
            "Your message could not be delivered.\n\n<full@x.org>: over quota, mailbox is full\n",
            "full@x.org",
            False,
        ),
        (
            (
                "This is a warning. You do not need to resend your message. It will be retried.\n"
                "Delivery to the following recipients has been delayed:\n\nslow@x.org\n"
            ),
            "slow@x.org",
            False,
        ),
    ],
    ids=["qmail", "exim", "exchange", "postfix", "quota", "warning"],
)
def test_a_report_in_words_names_the_recipient_and_whether_for_good(words, address, hard):
    bounce = parse_mail((DAEMON + words).encode()).bounce

    assert [(each.address, each.hard) for each in bounce.recipients] == [(address, hard)]


def test_a_header_of_exim_is_enough():
    mail = parse_mail(b"X-Failed-Recipients: a@x.org, b@x.org\nFrom: x@y.z\n\nIt failed.\n")

    assert [each.address for each in mail.bounce.recipients] == ["a@x.org", "b@x.org"]


@pytest.mark.parametrize(
    "raw",
    [
        b"From: ada@x.org\nSubject: failure\n\nMy mail could not be delivered to <b@x.org>.\n",
        b"Return-Path: <>\nFrom: ada@x.org\nSubject: Away\n\nI am away.\n",
        (
            b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
            b"--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\n"
            b"Final-Recipient: rfc822;a@x.org\nDisposition: automatic-action\n--b--\n"
        ),
    ],
    ids=["a person asks", "absence note", "read receipt"],
)
def test_what_is_no_delivery_report_is_no_bounce(raw):
    assert parse_mail(raw).bounce is None


@pytest.mark.parametrize(
    ("status", "action", "hard"),
    [
        ("5.1.1", BounceAction.FAILED, True),
        ("5.2.2", BounceAction.FAILED, False),
        ("4.4.1", BounceAction.FAILED, False),
        ("5.1.1", BounceAction.DELAYED, False),
        ("", BounceAction.FAILED, True),
        ("", BounceAction.DELAYED, False),
        ("2.0.0", BounceAction.DELIVERED, False),
    ],
    ids=str,
)
def test_only_a_permanent_failure_is_hard(status, action, hard):
    assert is_hard(status, action) is hard
